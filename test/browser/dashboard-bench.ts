/** A browser at the dashboard: goes there as somebody, reads what is shown, types and clicks as a person would. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import type { HouseInProcess } from '#test/journeys/house-in-process.ts';
import { sessionOf } from '#test/platform/people.ts';
import type { Browser } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class DashboardBench {
  readonly #it: HouseInProcess;
  readonly browser: Browser;
  readonly origin: string;

  constructor(it: HouseInProcess, browser: Browser) {
    this.#it = it;
    this.browser = browser;
    this.origin = it.house.platformUrl.replace('127.0.0.1', 'localhost');
  }

  /** By a link such as `npm start` prints. */
  async enterAs(who: Who): Promise<void> {
    const { token } = await sessionOf(this.#it, who);
    await this.leave();
    const link = `${this.origin}/#session=${token}&genesis=${this.#it.house.deployment.genesis}`;
    await this.browser.value(`void (location.href = ${JSON.stringify(link)})`);
    await this.browser.until(`sessionStorage.getItem('keyledger session') !== null`);
    await this.sees(this.#it.house.deployment.people.person(who).id);
  }

  /** Nobody is signed in any more; another page than the dashboard is shown. */
  async leave(): Promise<void> {
    await this.browser.goTo(`${this.origin}/health/live`);
    await this.browser.value('void sessionStorage.clear()');
  }

  async open(path: string, words: string): Promise<void> {
    await this.browser.goTo(`${this.origin}${path}`);
    await this.sees(words);
  }

  /** Waits until the words are on the page. */
  async sees(words: string): Promise<void> {
    await this.browser.until(`document.body !== null && document.body.innerText.includes(${JSON.stringify(words)})`);
  }

  text(selector: string): Promise<string> {
    return this.browser.value(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  }

  async clickOn(words: string): Promise<void> {
    const found = `[...document.querySelectorAll('button, a')].find((one) => one.innerText.includes(${JSON.stringify(words)}))`;
    await this.browser.until(`${found} !== undefined`);
    await this.browser.value(`${found}.click()`);
  }

  async clickFirst(selector: string): Promise<void> {
    await this.browser.until(`document.querySelector(${JSON.stringify(selector)}) !== null`);
    await this.browser.value(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** As a person types: React hears the event, not the value. */
  async type(selector: string, text: string): Promise<void> {
    await this.browser.value(`{
      const field = document.querySelector(${JSON.stringify(selector)});
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)});
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }`);
  }

  /** A field of a form by its name, whatever it is; of several boxes, those whose values stand in the text. */
  async fillIn(name: string, text: string): Promise<void> {
    const selector = `[name=${JSON.stringify(name)}]`;
    await this.browser.until(`document.querySelector(${JSON.stringify(selector)}) !== null`);
    await this.browser.value(`{
      const fields = [...document.querySelectorAll(${JSON.stringify(selector)})];
      const text = ${JSON.stringify(text)};
      if (fields[0].type === 'checkbox') {
        for (const box of fields) if (text.split(' ').includes(box.value) !== box.checked) box.click();
      } else {
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(fields[0]), 'value').set.call(fields[0], text);
        fields[0].dispatchEvent(new Event(fields[0].tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
      }
    }`);
  }

  async chooseFile(selector: string, name: string, text: string): Promise<void> {
    await this.browser.value(`{
      const files = new DataTransfer();
      files.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      const field = document.querySelector(${JSON.stringify(selector)});
      field.files = files.files;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }`);
  }

  /** What axe-core finds against WCAG 2.2 A and AA, each with the elements that it found. */
  async violations(): Promise<readonly string[]> {
    await this.browser.value(`${AXE}; void 0`);
    return this.browser
      .value(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary).join(' | ')))`);
  }
}

/** Every page after the story was told, as an auditor sees it: its address, and words that answer what it is for. */
export function pagesOf(fingerprint: string): readonly (readonly [path: string, words: string])[] {
  return [
    [`/certificates/${fingerprint}`, 'Allowed, proved here'],
    [`/certificates/${fingerprint}`, 'Equal, 6'],
    ['/certificates', 'ATM-000013'],
    ['/cards', 'C-0042'],
    ['/cards/C-0042', '1 equal, no gap'],
    ['/trust-lists', 'ST-POZNAN'],
    ['/trust-lists/ST-POZNAN', '1 entry checked in this browser'],
    ['/now', 'Personalizations'],
    ['/alarms', 'No alarm is open'],
    ['/fleet', 'ATM-000013'],
    ['/fleet/ATM-000013', 'ModuleEnteredOperation'],
    ['/numbers', '1 module done'],
    ['/orders/new', 'Only a requester asks for orders'],
    ['/inbox', 'Nothing waits for you'],
    ['/audit', 'SignedIn'],
  ];
}
