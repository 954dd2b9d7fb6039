/**
 * Orders from the dashboard: two persons in two contexts of a real browser ask and approve, and the card accepts; one officer
 * suspends its key from its page, and the station refuses; what a hostile platform drafts otherwise is shown and never signed.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, MODULE_CLASS, STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { tellServing } from '#apps/keyledger/src/demo/running.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { custodians } from '#apps/keyledger/src/verbs/custodians.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { askWithdrawal } from '#module-emulator/security-module/control.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { heard } from '#test/journeys/story-record.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';
import { passkeyOf, withKeys, withQuorum } from './officers.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

/** In front of the page's own asking: whatever is drafted says something else, under an id that fits. */
function drafting(otherwise: string): string {
  return `{
    const sends = fetch;
    const id = async (text) => btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
    globalThis.fetch = async (to, how) => {
      const answer = await sends(to, how);
      if (!how?.body?.includes?.('query Draft')) return answer;
      const told = await answer.json();
      const order = JSON.parse(told.data.draft.bytes);
      (${otherwise})(order);
      const bytes = JSON.stringify(Object.fromEntries(Object.entries(order).sort(([a], [b]) => (a < b ? -1 : 1))));
      Object.assign(told.data.draft, { bytes, id: await id(bytes) });
      return new Response(JSON.stringify(told), { headers: { 'content-type': 'application/json' } });
    };
  }`;
}

withBrowser(`S31b orders from the dashboard${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let bench: PeopleBench;
  let annas: DashboardBench;
  let bos: DashboardBench;

  beforeAll(async () => {
    if (file === null) process.stderr.write(`orders from the dashboard: ${REASON}\n`);
    it = await houseInProcess();
    tellServing(it.house);
    await founding(it.world);
    await issueCard(it.world);
    await registerModule(it.world);
    bench = new PeopleBench(it);
    const browser = await Browser.open(file ?? '');
    annas = new DashboardBench(it, browser);
    bos = new DashboardBench(it, await browser.beside());
    const keys = { 'P-ANNA': await passkeyOf(annas, 'P-ANNA'), 'P-BO': await passkeyOf(bos, 'P-BO') };
    const one = { persons: 1, classA: 0 };
    const policy = withQuorum(bench, {
      personalize: { persons: 2, classA: 0 },
      'suspend-signing-key': one,
      'withdraw-roles': one,
      'suspend-operator': { persons: 2, classA: 0 },
    });
    await bench.adopted(bench.later({ persons: withKeys(bench, keys), policy }));
    expect(await custodians({ act: 'adopt', folder: it.folder, card: CARD }, heard().terminal)).toBe(0);
    await annas.enterAs('anna');
    await bos.enterAs('bo');
    for (const { browser: one, origin } of [annas, bos]) await one.watch(origin);
  }, 300_000);

  afterAll(async () => {
    await bos?.browser.close();
    await annas?.browser.close();
    await it?.close();
  });

  const quiet = () => expect([annas, bos].flatMap(({ browser }) => browser.complaints())).toEqual([]);
  const address = (at: DashboardBench) => at.browser.value<string>('location.pathname');
  const requests = (at: DashboardBench) => at.browser.posted.filter((body) => body.includes('requestOrder'));

  async function fills(at: DashboardBench, path: string, values: Readonly<Record<string, string>>): Promise<void> {
    await at.open(path, 'Show the order');
    for (const [name, value] of Object.entries(values)) await at.fillIn(name, value);
    await at.clickOn('Show the order');
  }

  async function withdraws() {
    const control = it.house.devices.controls[SERIAL] ?? '';
    const asking = { account: 'PL61109010140000071219812874', amount: 5000, currency: 'EUR' };
    return askWithdrawal(control, { station: it.house.stationAddress, ...asking });
  }

  test('one asks in the form and signs by passkey, another approves in his own browser, and the card accepts', async () => {
    await fills(annas, '/orders/new/personalize', {
      serials: SERIAL,
      moduleClass: MODULE_CLASS,
      card: CARD,
      unit: UNIT,
      station: STATION,
    });
    await annas.sees('Says what you asked, checked in this browser');
    const shown = await annas.browser.value<string>(`[...document.querySelectorAll('pre')][0].textContent`);
    await annas.clickOn('Sign with passkey and ask');
    await annas.sees('1 of 2 persons still owed');
    const sent = JSON.parse(requests(annas)[0] ?? '{}') as { variables: { bytes: string } };
    expect(sent.variables.bytes).toBe(shown);
    await bos.open(await address(annas), 'What speaks against it');
    await bos.sees('P-ANNA asked for it and approved it.');
    await bos.clickOn('Approve with passkey');
    await bos.sees('2 persons signed, none is owed');
    await it.world.event('ModuleEnteredOperation', ({ type }) => type === 'ModuleEnteredOperation');
    await bos.sees(`Spent for ${SERIAL}.`);
    expect(await withdraws()).toMatchObject({ pay: 'yes' });
    quiet();
  }, 180_000);

  test.each([
    ['another reason', `(order) => { order.reason = 'lost'; }`, 'reason: asked "drill", drafted "lost"'],
    ['a longer time', '(order) => { order.notAfter += 60; }', 'notAfter: asked'],
    ['another key', `(order) => { order.cardKey = order.genesis; }`, 'cardKey: asked'],
    ['another kind', `(order) => { order.kind = 'compromise-signing-key'; }`, 'kind: asked "suspend-signing-key"'],
    ['somebody else who asks', `(order) => { order.requester = 'P-BO'; }`, 'requester: asked "P-ANNA"'],
    ['one member more', `(order) => { order.modules = 0; }`, 'modules: asked nothing, drafted 0'],
  ])(
    'a draft with %s is shown as such, and nothing is signed',
    async (_what, otherwise, says) => {
      await annas.open('/orders/new/suspend-signing-key', 'Show the order');
      annas.browser.posted.length = 0;
      await annas.browser.value(drafting(otherwise));
      await annas.fillIn('card', CARD);
      await annas.fillIn('reason', 'drill');
      await annas.clickOn('Show the order');
      await annas.sees('The platform drafted something else than you asked for.');
      await annas.sees(says);
      expect(await annas.text('main')).not.toMatch(/Sign with passkey|Ask with this signature/);
      expect(requests(annas)).toEqual([]);
    },
    30_000,
  );

  test('the key is suspended at once from the card’s page, by one officer who types its name; the station refuses', async () => {
    await annas.open(`/cards/${CARD}`, 'One officer, at once.');
    await annas.clickOn(`Suspend ${CARD} at once…`);
    await annas.sees('Show the order');
    await annas.fillIn('reason', 'drill');
    await annas.clickOn('Show the order');
    await annas.sees(`Type ${CARD} to go on`);
    const locked = `[...document.querySelectorAll('button')].find((one) => one.innerText.includes('Sign with passkey')).disabled`;
    expect(await annas.browser.value(locked)).toBe(true);
    await annas.fillIn('confirm', CARD);
    await annas.clickOn('Sign with passkey and ask');
    await annas.sees('It is suspended: it may sign nothing');
    expect(await address(annas)).toBe(`/cards/${CARD}`);
    await it.world.event('TrustListEnforced', ({ type, data }) => {
      return type === 'TrustListEnforced' && (data as { version?: number }).version === 2;
    });
    expect(isRefusal(await withdraws())).toBe(true);
    quiet();
  }, 180_000);

  test('an order that was declined before speaks against the next; at 390 pixels the act that waits is at the edge', async () => {
    const particular = { kind: 'suspend-operator', operator: 'P-TOM', reason: 'absent' };
    const declined = bench.written(particular);
    expect(codeOf(await bench.requested(declined))).toBe('done');
    await bos.open(`/inbox/${orderId(declined)}`, 'Nothing that the record knows of.');
    await bos.clickOn('Decline…');
    await bos.clickOn('Decline with passkey');
    await bos.sees('declined it');
    const again = bench.written(particular);
    expect(codeOf(await bench.requested(again))).toBe('done');
    await bos.browser.look(390, 844, 'dark');
    await bos.open(`/inbox/${orderId(again)}`, 'An order of this kind for the same was declined');
    const bottom = await bos.browser.value<number>(
      `Math.round([...document.querySelectorAll('button')].filter((one) => one.innerText.includes('Approve with passkey')).at(-1).getBoundingClientRect().bottom)`,
    );
    expect(bottom).toBeGreaterThan(780);
    expect(bottom).toBeLessThanOrEqual(844);
    expect(await bos.violations()).toEqual([]);
    await bos.browser.look(1440, 900, 'light');
    quiet();
  }, 180_000);

  test('who signs on his own machine pastes what it printed; what another signed is not sent', async () => {
    const claras = annas;
    await claras.enterAs('clara');
    await fills(claras, '/orders/new/suspend-operator', { operator: 'P-RITA', reason: 'absent' });
    await claras.sees('Type P-RITA to go on');
    claras.browser.posted.length = 0;
    const bytes = await claras.browser.value<string>(`[...document.querySelectorAll('pre')][0].textContent`);
    await claras.fillIn('confirm', 'P-RITA');
    await claras.fillIn('proof', JSON.stringify(bench.signed('anna', utf8(bytes))));
    await claras.clickOn('Ask with this signature');
    await claras.sees('This is no signature of P-CLARA over these bytes; nothing was sent.');
    expect(requests(claras)).toEqual([]);
    await claras.fillIn('proof', JSON.stringify(bench.signed('clara', utf8(bytes))));
    await claras.clickOn('Ask with this signature');
    await claras.sees('2 of 2 persons still owed');
    quiet();
  }, 180_000);

  test('who approves nothing may sign with a key file in the page, and the key stays there', async () => {
    const pem = it.world.keyOf('clara').export({ format: 'pem', type: 'pkcs8' }).toString();
    await fills(annas, '/orders/new/grant-roles', { operator: 'T-TOM', roles: 'auditor' });
    await annas.sees('With your key file, in this page');
    annas.browser.posted.length = 0;
    await annas.chooseFile('section section input[type=file]', 'approval.pem', pem);
    await annas.clickOn('Sign with the key file and ask');
    await annas.sees('2 of 2 persons still owed');
    expect(annas.browser.posted.join()).not.toContain(pem.split('\n')[1]);
    quiet();
  }, 180_000);

  test('what is approved is carried out on the order’s page, by who may, when the name is typed', async () => {
    await annas.enterAs('rita');
    const bytes = await bench.ordered({ kind: 'suspend-operator', operator: 'P-EMIL', reason: 'drill' });
    const id = orderId(bytes);
    await annas.open(`/inbox/${id}`, 'Carried out by: Requester, Security officer, Administrator.');
    await bos.open(`/inbox/${id}`, 'Suspend the person');
    await bos.fillIn('confirm', 'P-EMIL');
    await bos.clickOn('Suspend the person');
    await it.world.event('OperatorSuspended', ({ type }) => type === 'OperatorSuspended');
    await bos.sees('spent');
    quiet();
  }, 180_000);
});
