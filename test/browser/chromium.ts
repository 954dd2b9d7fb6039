/** A real Chromium over its DevTools protocol, with a virtual authenticator; nothing but a socket stands in between. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { WebSocket } from 'ws';
import { type Noticed, type Told, addressOf } from './devtools.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where a browser lies: KEYLEDGER_CHROMIUM, or the first on the PATH; null where there is none. */
export function chromiumHere(): string | null {
  const named = process.env['KEYLEDGER_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : null;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null;
}

const PATIENCE_MS = 30_000;
/** What the browser answers for a page that is being left. */
const LEAVING = /navigated or closed|context was destroyed|Cannot find context|Cannot find default execution context/;
const KEY_CODES: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, Escape: 27 };

/** A process of the browser, and the folder of its profile. */
interface Started {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly address: string;
}

/** One page of it. */
export class Browser {
  readonly #started: Started;
  readonly #isOwn: boolean;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (told: Told) => void>();
  #session: string | null = null;
  #last = 0;
  #origin: string | null = null;
  #complaints: string[] = [];
  #alters: (script: string) => string = (script) => script;
  /** Every body that was posted to the watched origin. */
  readonly posted: string[] = [];

  private constructor(parts: { started: Started; isOwn: boolean; socket: WebSocket }) {
    this.#started = parts.started;
    this.#isOwn = parts.isOwn;
    this.#socket = parts.socket;
    this.#socket.on('message', (data: Buffer) => {
      const told = JSON.parse(data.toString('utf8')) as Told;
      if (told.method !== undefined) this.#notice(told.method, told.params ?? {});
      this.#waiting.get(told.id ?? 0)?.(told);
      this.#waiting.delete(told.id ?? 0);
    });
  }

  /** One page, and an authenticator that is touched and unlocked whenever it is asked. */
  static async open(file: string): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'kl-browser-'));
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage'];
    const child = spawn(file, [...flags, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank']);
    return Browser.#pageOf({ child, folder, address: await addressOf(child) }, true);
  }

  /** A page for somebody else, with an authenticator of his own: it shares nothing with this one but the process. */
  beside(): Promise<Browser> {
    return Browser.#pageOf(this.#started, false);
  }

  static async #pageOf(started: Started, isOwn: boolean): Promise<Browser> {
    const socket = new WebSocket(started.address);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const browser = new Browser({ started, isOwn, socket });
    const { browserContextId } = await browser.#send('Target.createBrowserContext', {});
    const { targetId } = await browser.#send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await browser.#send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    await browser.look(1440, 900, 'light');
    await browser.#send('WebAuthn.enable', {});
    const internal = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true };
    const options = { ...internal, isUserVerified: true, automaticPresenceSimulation: true };
    await browser.#send('WebAuthn.addVirtualAuthenticator', { options });
    return browser;
  }

  async goTo(url: string): Promise<void> {
    await this.#send('Page.navigate', { url });
    await this.until(`document.readyState === 'complete' && location.href === ${JSON.stringify(url)}`);
  }

  /** The value of an expression in the page, promises awaited; a user's gesture goes with it. */
  async value<T>(expression: string): Promise<T> {
    const how = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = (await this.#send('Runtime.evaluate', how)) as {
      result?: { value: T };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    };
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result?.value as T;
  }

  async until(expression: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 25) {
      if (await this.#holds(expression)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const seen = await this.value<string>(`location.pathname + ': ' + (document.body?.innerText ?? '')`);
    throw new Error(`the page never came to ${expression}; it is ${seen.slice(0, 600)}`);
  }

  /** Whether it holds now; a page that goes elsewhere while it is asked does not say. */
  async #holds(expression: string): Promise<boolean> {
    try {
      return await this.value<boolean>(expression);
    } catch (error) {
      if (error instanceof Error && LEAVING.test(error.message)) return false;
      throw error;
    }
  }

  /** From now on every error of a page, and every request to another origin, is a complaint. */
  async watch(origin: string): Promise<void> {
    this.#origin = origin;
    for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await this.#send(`${domain}.enable`, {});
  }

  /** Those since it was asked last. */
  complaints(): readonly string[] {
    return this.#complaints.splice(0);
  }

  /** How the page is looked at: pixels, and dark or light. */
  async look(width: number, height: number, scheme: 'light' | 'dark'): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  /** PNG of what is seen. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }

  /** A key as it is pressed, by its name: `g`, `?`, `Escape`, `Tab`. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
    const windowsVirtualKeyCode = KEY_CODES[key] ?? 0;
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', key, windowsVirtualKeyCode, ...text });
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode });
  }

  /** From now on every script comes altered, as from a server that serves another build. */
  async altersScripts(alters: (script: string) => string): Promise<void> {
    this.#alters = alters;
    await this.#send('Network.setCacheDisabled', { cacheDisabled: true });
    await this.#send('Fetch.enable', { patterns: [{ resourceType: 'Script', requestStage: 'Response' }] });
  }

  async #altered({ requestId, responseStatusCode: responseCode = 200, responseHeaders }: Noticed): Promise<void> {
    const { body, base64Encoded } = await this.#send('Fetch.getResponseBody', { requestId });
    const script = Buffer.from(String(body), base64Encoded === true ? 'base64' : 'utf8').toString('utf8');
    const altered = Buffer.from(this.#alters(script)).toString('base64');
    const headers = responseHeaders?.filter(({ name }) => !/^content-(length|encoding)$/i.test(name)) ?? [];
    await this.#send('Fetch.fulfillRequest', { requestId, responseCode, responseHeaders: headers, body: altered });
  }

  #notice(method: string, noticed: Noticed): void {
    if (method === 'Fetch.requestPaused') void this.#altered(noticed);
    else this.#complain(method, noticed);
  }

  #complain(method: string, { exceptionDetails, entry, type, args, request }: Noticed): void {
    if (this.#origin === null) return;
    if (method === 'Runtime.exceptionThrown')
      this.#complaints.push(exceptionDetails?.exception?.description ?? exceptionDetails?.text ?? 'an exception');
    if (method === 'Runtime.consoleAPICalled' && (type === 'error' || type === 'warning'))
      this.#complaints.push((args ?? []).map(({ value }) => String(value)).join(' '));
    if (method === 'Log.entryAdded' && entry?.level === 'error')
      this.#complaints.push(`${entry.text} ${entry.url ?? ''}`);
    const url = method === 'Network.requestWillBeSent' ? (request?.url ?? '') : '';
    if (/^(https?|wss?):/.test(url) && new URL(url).host !== new URL(this.#origin).host)
      this.#complaints.push(`a request to ${url}`);
    if (request?.postData !== undefined) this.posted.push(request.postData);
  }

  async fill(id: string, text: string): Promise<void> {
    await this.value(`void (document.getElementById(${JSON.stringify(id)}).value = ${JSON.stringify(text)})`);
  }

  async click(id: string): Promise<void> {
    await this.value(`document.getElementById(${JSON.stringify(id)}).click()`);
  }

  text(id: string): Promise<string> {
    return this.value(`document.getElementById(${JSON.stringify(id)}).textContent`);
  }

  /** The page; and the process with it, where this is the page that came with it. */
  async close(): Promise<void> {
    this.#socket.terminate();
    if (!this.#isOwn) return;
    const { child, folder } = this.#started;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #send(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      const session = this.#session === null ? {} : { sessionId: this.#session };
      this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    });
  }
}
