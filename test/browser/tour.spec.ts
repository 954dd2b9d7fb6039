/**
 * The whole way through the dashboard, with two persons in two contexts of a real browser: a request, an approval on the
 * officer's own machine and one by passkey, the personalization watched live, its certificate rebuilt, its event proved,
 * then the card disabled by passkey, and the station refuses.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, MODULE_CLASS, STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { tellServing } from '#apps/keyledger/src/demo/running.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { custodians } from '#apps/keyledger/src/verbs/custodians.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { askWithdrawal } from '#module-emulator/security-module/control.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { heard } from '#test/journeys/story-record.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';
import { OwnMachine, passkeyOf, withKeys, withQuorum } from './officers.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;

interface Draft {
  readonly id: string;
  readonly bytes: string;
}

withBrowser(`the whole way through the dashboard${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let bench: PeopleBench;
  let ritas: DashboardBench;
  let bos: DashboardBench;
  let gus: OwnMachine;

  beforeAll(async () => {
    if (file === null) process.stderr.write(`the way through the dashboard: ${REASON}\n`);
    it = await houseInProcess();
    tellServing(it.house);
    await founding(it.world);
    await issueCard(it.world);
    await registerModule(it.world);
    bench = new PeopleBench(it);
    const browser = await Browser.open(file ?? '');
    ritas = new DashboardBench(it, browser);
    bos = new DashboardBench(it, await browser.beside());
    gus = new OwnMachine(it, 'P-GUS');
    const persons = [...withKeys(bench, { 'P-BO': await passkeyOf(bos, 'P-BO') }), gus.person];
    const policy = withQuorum(bench, {
      personalize: { persons: 2, classA: 1 },
      'disable-signing-key': { persons: 1, classA: 0 },
    });
    await bench.adopted(bench.later({ persons, policy }));
    expect(await custodians({ act: 'adopt', folder: it.folder, card: CARD }, heard().terminal)).toBe(0);
    await gus.enrolled(bench, [{ card: CARD }, { station: STATION }]);
    await ritas.enterAs('rita');
    await bos.enterAs('bo');
    for (const { browser: one, origin } of [ritas, bos]) await one.watch(origin);
  }, 300_000);

  afterAll(async () => {
    await bos?.browser.close();
    await ritas?.browser.close();
    gus?.drop();
    await it?.close();
  });

  const quiet = () => expect([ritas, bos].flatMap(({ browser }) => browser.complaints())).toEqual([]);

  /** Clara fills in a form, and signs what it writes. */
  async function asked(form: string): Promise<string> {
    const { draft } = await it.world.callers.ask<{ draft: Draft }>('clara', `{ draft: ${form} { id bytes } }`, {});
    expect(codeOf(await bench.requested(utf8(draft.bytes)))).toBe('done');
    return draft.id;
  }

  async function withdraws() {
    const control = it.house.devices.controls[SERIAL] ?? '';
    const asking = { account: 'PL61109010140000071219812874', amount: 5000, currency: 'EUR' };
    return askWithdrawal(control, { station: it.house.stationAddress, ...asking });
  }

  test('two persons approve from two machines, and the personalization runs before the auditor’s eyes', async () => {
    const id = await asked(
      `draftPersonalization(serials: ["${SERIAL}"], moduleClass: "${MODULE_CLASS}", card: "${CARD}", unit: "${UNIT}", station: "${STATION}")`,
    );
    await ritas.open('/now', 'Personalizations');
    expect(await ritas.text('main')).not.toContain('ModuleEnteredOperation');
    await bos.open(`/inbox/${id}`, 'Hashed in this browser');
    await bos.sees('2 of 2 persons still owed');
    expect(await gus.approves(id, SERIAL)).toMatchObject({ code: 0 });
    await bos.sees('1 of 2 persons still owed');
    await bos.clickOn('Approve with passkey');
    await bos.sees('2 persons signed, none is owed');
    await ritas.sees('ModuleEnteredOperation');
    await ritas.browser.until(`/${SERIAL}[^]*done/.test(document.querySelector('main').innerText)`);
    quiet();
  }, 180_000);

  test('its certificate is opened and rebuilt byte for byte, its event is proved in the browser', async () => {
    await ritas.open('/certificates', SERIAL);
    await ritas.clickFirst('[href^="/certificates/"]');
    await ritas.sees('Allowed, proved here');
    await ritas.sees('Equal, 6');
    await ritas.sees('2 of 2 persons approved');
    await ritas.browser.press('r');
    await ritas.sees('Equal, 6');
    await ritas.open('/audit?type=CertificateIssued', 'CertificateIssued');
    await ritas.clickFirst('[href^="/audit/0"]');
    await ritas.sees('Checked in this browser');
    quiet();
  }, 180_000);

  test('the module is served; the card is disabled by passkey; the pages follow, and the station refuses', async () => {
    expect(await withdraws()).toMatchObject({ pay: 'yes' });
    await ritas.open(`/cards/${CARD}`, 'active');
    const id = await asked(`draftDisabling(card: "${CARD}", reason: "end-of-use")`);
    await bos.open(`/inbox/${id}`, 'falls to a hostile page');
    await bos.clickOn('Approve with passkey');
    await bos.sees('1 person signed, none is owed');
    expect(codeOf(await bench.submit('bo', 'disableSigningKey', { order: 'ID!' }, { order: id }))).toBe('done');
    await it.world.event('TrustListEnforced', ({ type, data }) => {
      return type === 'TrustListEnforced' && (data as { version?: number }).version === 2;
    });
    expect(isRefusal(await withdraws())).toBe(true);
    await ritas.open('/audit?type=SessionRefused', 'SIGNING_KEY_DISABLED');
    await ritas.open(`/cards/${CARD}`, 'deactivated');
    await ritas.open(`/trust-lists/${STATION}`, 'checked in this browser');
    quiet();
  }, 180_000);
});
