/** Each key of the dashboard, pressed in a real browser: it does what its help says, is off in fields, and focus is seen. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { orderId } from '#libs/kernel/order.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

withBrowser(`the keys of the dashboard${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let at: DashboardBench;
  let fingerprint: string;
  let order: string;

  beforeAll(async () => {
    it = await houseInProcess();
    ({ fingerprint } = await tellStory(it.world));
    const bench = new PeopleBench(it);
    const bytes = bench.written({
      kind: 'enrol-operator',
      operator: 'P-NEW',
      roles: ['auditor'],
      credential: fingerprint,
    });
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    order = orderId(bytes);
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.enterAs('rita');
  }, 120_000);

  afterAll(async () => {
    await at?.browser.close();
    await it?.close();
  });

  const presses = async (...keys: readonly string[]) => {
    for (const key of keys) await at.browser.press(key);
  };
  const address = () => at.browser.value<string>('location.pathname');
  const comesTo = (path: string) => at.browser.until(`location.pathname === ${JSON.stringify(path)}`);
  const catchesCopies = () =>
    at.browser.value(
      `void Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: (text) => { globalThis.copied = text; return Promise.resolve(); } } })`,
    );

  test.each([
    ['i', '/inbox'],
    ['n', '/now'],
    ['a', '/audit'],
    ['f', '/fleet'],
    ['c', '/cards'],
    ['e', '/certificates'],
    ['t', '/trust-lists'],
    ['u', '/numbers'],
  ])(
    'G %s goes to %s',
    async (key, path) => {
      await presses('g', key);
      await comesTo(path);
    },
    30_000,
  );

  test('/ searches, and in a field a letter is a letter', async () => {
    await at.open('/numbers', 'module');
    await presses('/');
    await at.browser.until(`document.activeElement?.id === 'audit-search'`);
    await presses('g', 'n');
    expect(await at.browser.value('document.activeElement.value')).toBe('gn');
    expect(await address()).toBe('/audit');
  }, 30_000);

  test('J and K step through the trail, Escape closes, C copies the link, X exports', async () => {
    await at.open('/audit', 'SignedIn');
    await catchesCopies();
    await presses('j');
    await at.browser.until(`/^\\/audit\\/0/.test(location.pathname)`);
    const first = await address();
    await presses('j');
    await at.browser.until(`location.pathname !== ${JSON.stringify(first)}`);
    await presses('k');
    await comesTo(first);
    await presses('c');
    expect(await at.browser.value('globalThis.copied')).toContain(first);
    await presses('Escape');
    await comesTo('/audit');
    await presses('x');
    await at.sees('NDJSON');
  }, 30_000);

  test('Enter opens what has the focus, which is outlined', async () => {
    await at.open('/audit', 'SignedIn');
    await at.browser.value(`document.querySelector('[href^="/audit/0"]').focus()`);
    await presses('Tab');
    const outline = `getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth`;
    expect(await at.browser.value(outline)).toBe('solid2px');
    await presses('Enter');
    await at.browser.until(`/^\\/audit\\/0/.test(location.pathname)`);
  }, 30_000);

  test('. holds what is live, R rebuilds, ? tells all keys', async () => {
    await at.open('/now', 'Hold');
    await presses('.');
    await at.browser.until(`!document.querySelector('main').innerText.includes('Hold\\n')`);
    await at.open(`/certificates/${fingerprint}`, 'Equal, 6');
    await presses('r');
    await at.sees('Equal, 6');
    await presses('?');
    await at.sees('rebuild again');
  }, 30_000);

  test('A copies the command, D asks before it declines; B does nothing without a passkey', async () => {
    await at.enterAs('anna');
    await at.open(`/inbox/${order}`, 'Hashed in this browser');
    await catchesCopies();
    await presses('a');
    expect(await at.browser.value('globalThis.copied')).toContain(`--order=${order}`);
    await presses('b');
    await presses('d');
    await at.sees('Decline this order');
    const asked = 'query ($id: ID!) { order(id: $id) { state approvers { person } } }';
    expect(await it.world.callers.ask('rita', asked, { id: order })).toEqual({
      order: { state: 'requested', approvers: [] },
    });
  }, 30_000);
});
