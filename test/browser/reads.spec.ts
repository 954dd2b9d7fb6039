/** What the dashboard shows beside the rooms, in a real browser: names, open alarms, a card's log, copies of lists, and exports. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { nameSomebody } from '#apps/keyledger/src/officer/names.ts';
import { keepMachines } from '#apps/keyledger/src/fleet/machines.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { suspended } from '#apps/keyledger/src/story/operation.ts';
import { orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { Browser, chromiumHere } from './chromium.ts';
import { DashboardBench } from './dashboard-bench.ts';

const file = chromiumHere();
const REASON = 'skipped: no Chromium here (install it, or name it in KEYLEDGER_CHROMIUM)';
const withBrowser = file === null ? describe.skip : describe;
const SERIAL = 'ATM-000013';

withBrowser(`what the dashboard shows, in a real browser${file === null ? ` (${REASON})` : ''}`, () => {
  let it: HouseInProcess;
  let at: DashboardBench;

  beforeAll(async () => {
    it = await houseInProcess();
    const { world } = it;
    await founding(world);
    const card = await issueCard(world);
    await registerModule(world);
    await personalized(world, orderFor(world, card)('personalize'));
    await suspended(world, card);
    for (const [id, called] of [
      ['P-ANNA', 'Anna Adler'],
      ['P-RITA', '=Rita Roth'],
      ['P-DORA', 'Dora Dorn'],
    ] as const)
      nameSomebody(it.folder, id, called);
    const place = {
      site: 'x',
      region: '',
      operator: 'Bank of X',
      name: 'Old Market',
      street: 'Rynek 1',
      city: 'Poznań',
    };
    const more = { ...place, hours: '', lat: 0, lon: 0 };
    keepMachines(it.house.deployment.places.fleet.machines, [{ serial: SERIAL, ...more }]);
    at = new DashboardBench(it, await Browser.open(file ?? ''));
    await at.browser.look(1440, 900, 'light');
    await at.browser.watch(at.origin);
    await at.enterAs('rita');
  }, 300_000);

  afterAll(async () => {
    await at?.browser.close();
    await it?.close();
  });

  test('a person and a machine have their names beside their ids, marked, and a note that names prove nothing', async () => {
    await at.open('/audit', 'SignedIn');
    await at.sees('◇ =Rita Roth');
    await at.sees('no evidence');
    await at.open('/fleet', SERIAL);
    await at.sees('◇ Old Market, Bank of X, Rynek 1, Poznań');
    await at.open('/cards/C-0042', 'P-DORA ◇ Dora Dorn');
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);

  test('open alarms stand in the rail with their number, and on their page with who must look and what to do', async () => {
    await at.open('/alarms', '1 open alarm');
    await at.sees('SUSPENSION_UNDECIDED');
    await at.sees('Requester, Security officer');
    await at.sees('Ask for an order to trust it again, or to disable it.');
    await at.browser.until(`document.querySelector('nav a[href="/alarms"]')?.closest('dl').innerText.includes('1')`);
    expect(await at.text('nav')).toMatch(/Witnesses\s+1 of 1/);
    await at.clickOn('Card C-0042');
    await at.sees('It is suspended: it may sign nothing');
  }, 180_000);

  test("a card's log has a verdict for each line, its days as numbers, and its leases", async () => {
    await at.open('/cards/C-0042', '1 equal, no gap');
    await at.sees('1 use in 30 days');
    await at.sees('Leases for the field');
    expect(await at.text('table')).toMatch(/equal|not read yet/);
    await at.clickOn('as a table');
    await at.sees('signed');
    const today = (await it.events()).find(({ type }) => type === 'CardUsed')?.recordedAt.slice(0, 10) ?? '';
    await at.browser.until(
      `[...document.querySelectorAll('tr')].some((row) => row.innerText.replace(/\\s+/g, ' ').trim() === '${today} 0 1')`,
    );
  }, 180_000);

  test('whoever reads no events sees the lines, and is told that nothing was checked', async () => {
    await at.enterAs('dora');
    await at.open('/cards/C-0042', 'The verdicts are as the platform tells them');
    expect(await at.text('table')).toContain(SERIAL);
    expect(await at.text('table')).not.toContain('Old Market'); // a custodian is told no places
    await at.enterAs('rita');
  }, 180_000);

  test('a station says how long its newest copy is good', async () => {
    await at.open('/trust-lists', 'fresh, ');
    await at.open('/trust-lists/ST-POZNAN', 'Good until');
    await at.open('/now', 'fresh, ');
    expect(at.browser.complaints()).toEqual([]);
  }, 180_000);

  /** What the page gives the reader as a file. */
  const exported = async (label: string): Promise<{ readonly name: string; readonly text: string }> => {
    await at.browser.value(`{
      globalThis.given = null;
      const real = URL.createObjectURL;
      URL.createObjectURL = (blob) => { blob.text().then((text) => { globalThis.given = { ...globalThis.given, text }; }); return real(blob); };
      HTMLAnchorElement.prototype.click = function () { globalThis.given = { ...globalThis.given, name: this.download }; };
    }`);
    await at.browser.value(
      `[...document.querySelectorAll('button')].find((one) => one.innerText.includes('Export')).dispatchEvent(new MouseEvent('click', { bubbles: true }))`,
    );
    const item = `[...document.querySelectorAll('[role=menuitem]')].find((one) => one.innerText.includes(${JSON.stringify(label)}))`;
    await at.browser.until(`${item} !== undefined`);
    await at.browser.value(`${item}.dispatchEvent(new MouseEvent('click', { bubbles: true }))`);
    await at.browser.until('globalThis.given?.text !== undefined && globalThis.given?.name !== undefined');
    return at.browser.value('globalThis.given');
  };
  const idsOf = (events: readonly Pick<StoredEvent, 'id'>[]): readonly string[] => events.map(({ id }) => id);

  test.each([
    ['CSV', 'keyledger-events.csv'],
    ['NDJSON', 'keyledger-events.ndjson'],
    ['OCSF', 'keyledger-events.ocsf.ndjson'],
    ['CloudEvents 1.0', 'keyledger-events.cloudevents.ndjson'],
  ])(
    'as %s the page exports what matches, and says how many and up to where',
    async (label, name) => {
      await at.open('/audit?type=SignedIn', 'SignedIn');
      const all = await it.events();
      const wanted = all.filter(({ type }) => type === 'SignedIn');
      const made = await exported(label);
      expect(made.name).toBe(name);
      const lines =
        label === 'CSV'
          ? (parse(made.text, { columns: true }) as readonly StoredEvent[])
          : made.text
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as StoredEvent);
      expect(idsOf(lines)).toEqual(idsOf(wanted));
      await at.sees(`${wanted.length} events saved, whole up to position ${Number(all.at(-1)?.position)}.`);
      expect(at.browser.complaints()).toEqual([]);
    },
    60_000,
  );

  test('an export that is cut off goes on behind its last event; one whose session ended is saved as not whole', async () => {
    await at.open('/audit', 'SignedIn');
    // The first answer breaks after a while, as a wire does.
    await at.browser.value(`{
      const real = fetch;
      let cuts = 0;
      globalThis.fetch = async (to, how) => {
        const answer = await real(to, how);
        if (!String(to).startsWith('/export/') || cuts++ > 0) return answer;
        const octets = new Uint8Array(await answer.arrayBuffer());
        let sent = false;
        const body = new ReadableStream({ pull(out) { if (sent) out.error(new TypeError('cut')); else { sent = true; out.enqueue(octets.slice(0, octets.length / 2)); } } });
        return new Response(body, { headers: answer.headers });
      };
    }`);
    const { text, name } = await exported('CSV');
    expect(name).toBe('keyledger-events.csv');
    expect(idsOf(parse(text, { columns: true }) as readonly StoredEvent[])).toEqual(idsOf(await it.events()));
    await at.open('/audit', 'SignedIn');
    await at.browser.value(`{
      const real = fetch;
      let asked = 0;
      globalThis.fetch = async (to, how) => {
        if (!String(to).startsWith('/export/')) return real(to, how);
        if (asked++ > 0) return new Response(JSON.stringify({ code: 'SESSION_OVER', message: 'This session is over.' }), { status: 401 });
        const octets = new Uint8Array(await (await real(to, how)).arrayBuffer());
        let sent = false;
        return new Response(new ReadableStream({ pull(out) { if (sent) out.error(new TypeError('cut')); else { sent = true; out.enqueue(octets.slice(0, octets.length / 2)); } } }));
      };
    }`);
    const cut = await exported('NDJSON');
    expect(cut.name).toBe('keyledger-events.not-whole.ndjson');
    await at.sees('Not whole: ');
    await at.sees('This session is over.');
  }, 180_000);
});
