/** What the dashboard reads beside the rooms: names, open alarms, a card's log line by line, copies of trust lists. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, STATION } from '#apps/keyledger/src/demo/names.ts';
import { nameSomebody } from '#apps/keyledger/src/officer/names.ts';
import { keepMachines } from '#apps/keyledger/src/fleet/machines.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { suspended, withdrawal } from '#apps/keyledger/src/story/operation.ts';
import { orderFor, personalized, refusedTwice, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { type Watched, openAlarms } from '#apps/platform/src/alarms.ts';
import { emptyMemory } from '#apps/platform/src/board-facts.ts';
import { CardLedger } from '#libs/proof/card-ledger.ts';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { copyOfCard, tailLost } from '#test/browser/furnished-trouble.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';
import { asks } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
const SERIAL = 'ATM-000013';

beforeAll(async () => {
  it = await houseInProcess();
  const { world } = it;
  await founding(world);
  const card = await issueCard(world);
  const before = copyOfCard(it);
  await registerModule(world);
  const order = orderFor(world, card)('personalize');
  await personalized(world, order);
  await refusedTwice(world, order);
  await withdrawal(world);
  await tailLost(it, before);
  await suspended(world, card);
  nameSomebody(it.folder, 'P-ANNA', 'Anna Adler');
  nameSomebody(it.folder, 'P-CLARA', 'Clara Cortez');
  const place = { site: 'x', region: '', operator: 'Bank of X', name: 'Old Market', street: 'Rynek 1', city: 'Poznań' };
  const more = { ...place, hours: '', lat: 0, lon: 0 };
  keepMachines(it.house.deployment.places.fleet.machines, [{ serial: SERIAL, ...more }]);
}, 300_000);

afterAll(() => it?.close());

const ask = async (who: Who, question: string): Promise<Awaited<ReturnType<typeof asks>>> => {
  const { token } = await sessionOf(it, who);
  return asks({ url: it.house.platformUrl, token }, question);
};

const NAMES = `{ names(persons: ["P-ANNA", "P-CLARA", "P-NOBODY"], serials: ["${SERIAL}", "KL-1"]) {
  persons { person called erased } machines { serial called owner address } } }`;

describe('names', () => {
  test('are what was kept beside the record, and null where nothing was', async () => {
    const { data, codes } = await ask('rita', NAMES);
    expect(codes).toEqual([]);
    expect(data?.names).toEqual({
      persons: [
        { person: 'P-ANNA', called: 'Anna Adler', erased: false },
        { person: 'P-CLARA', called: 'Clara Cortez', erased: false },
        { person: 'P-NOBODY', called: null, erased: false },
      ],
      machines: [
        { serial: SERIAL, called: 'Old Market', owner: 'Bank of X', address: 'Rynek 1, Poznań' },
        { serial: 'KL-1', called: null, owner: null, address: null },
      ],
    });
  });

  test.each([
    ['tom', 'persons'],
    ['dora', 'machines'],
  ] as const)('are for those alone who have a use for them: %s gets no %s', async (who, field) => {
    const { data, codes } = await ask(who, NAMES);
    const names = data?.names as Record<string, unknown>;
    expect(names[field]).toBeNull();
    expect(Object.values(names).filter((one) => one !== null)).toHaveLength(1);
    expect(codes).toEqual(['FORBIDDEN']);
  });

  test('that were thrown away stay so, though the file with them is put back; a corrected one is seen at once', async () => {
    const id = '01900000-0000-7000-8000-00000000000a';
    await ask('ada', `mutation { eraseOperator(id: "${id}", operator: "P-CLARA") { __typename } }`);
    nameSomebody(it.folder, 'P-ANNA', 'Anna Berg');
    const { data } = await ask('rita', NAMES);
    const { persons } = data?.names as { readonly persons: readonly object[] };
    expect(persons.slice(0, 2)).toEqual([
      { person: 'P-ANNA', called: 'Anna Berg', erased: false },
      { person: 'P-CLARA', called: null, erased: true },
    ]);
  });

  test('are asked for by name, and not all at once', async () => {
    const many = Array.from({ length: 201 }, (_, at) => `"P-${at}"`).join(', ');
    expect((await ask('rita', `{ names(persons: [${many}]) { persons { person } } }`)).codes).toEqual(['BAD_FILTER']);
  });
});

describe('open alarms', () => {
  test('say what is wrong, who must look, until when, and what to do', async () => {
    const { data } = await ask(
      'anna',
      '{ alarms { code sentence since due overdue roles todo position links { chipCard { card } order { kind } } } }',
    );
    const alarms = data?.alarms as readonly Record<string, unknown>[];
    expect(alarms.map(({ code }) => code).sort()).toEqual(['CARD_LOG_LOST_TAIL', 'SUSPENSION_UNDECIDED']);
    const [tail] = alarms.filter(({ code }) => code === 'CARD_LOG_LOST_TAIL');
    expect(tail).toMatchObject({
      overdue: false,
      roles: ['requester', 'approver'],
      links: { chipCard: { card: CARD } },
    });
    expect(tail?.sentence).toContain('an older image or a copy of it was put in');
    const events = await it.events();
    const event = events.find(({ position }) => position === tail?.position);
    expect([event?.type, event?.recordedAt.slice(0, 19)]).toEqual([
      'CardLogDiverged',
      String(tail?.since).slice(0, 19),
    ]);
    const [undecided] = alarms.filter(({ code }) => code === 'SUSPENSION_UNDECIDED');
    expect(undecided?.links).toEqual({ chipCard: { card: CARD }, order: { kind: 'suspend-signing-key' } });
  });

  const board = { finding: null, cardLogOf: () => new CardLedger(), facts: emptyMemory() };
  const quiet: Watched = { board, now: 1000, standstill: null, witnesses: [], unsealedFor: 0, lists: [] };
  const list = {
    station: 'S',
    version: 2,
    publishedAt: new Date(0).toISOString(),
    enforcedVersion: 2,
    handed: { version: 2, at: 900, notAfter: 1200 },
  };

  test.each<readonly [string, Partial<Watched>, readonly string[]]>([
    ['nothing', { lists: [list] }, []],
    ['a witness that keeps silent', { witnesses: [{ name: 'w', problem: 'UNREACHABLE' }] }, ['WITNESS_SILENT']],
    ['a witness that cosigns', { witnesses: [{ name: 'w', problem: null }] }, []],
    ['a seal that is behind', { unsealedFor: 11 }, ['SEAL_BEHIND']],
    ['a standstill', { standstill: { message: 'They know more.' } }, ['STANDSTILL']],
    ['a station that is behind', { lists: [{ ...list, enforcedVersion: 1 }] }, ['STATION_BEHIND']],
    ['a station that has just been told', { lists: [{ ...list, enforcedVersion: 1 }], now: 30 }, []],
    ['a copy that ran out', { lists: [list], now: 1201 }, ['TRUST_LIST_RAN_OUT']],
  ])('of %s', (_, change, codes) => {
    expect(openAlarms({ ...quiet, ...change }).map(({ code }) => code)).toEqual(codes);
  });
});

describe('a chip card', () => {
  const CARD_QUESTION = `{ chipCard(card: "${CARD}") { lastNumber
    log { lines { number head recordedHead serial order certificate cardTime seenAt position index verdict links { certificate { fingerprint } } } older }
    activity { day signed refused } } }`;

  test('has its log beside the record, line by line, each with its verdict', async () => {
    const { data, codes } = await ask('dora', CARD_QUESTION);
    expect(codes).toEqual([]);
    const { log } = data?.chipCard as { log: { lines: readonly Record<string, unknown>[]; older: null } };
    const [first] = log.lines.filter(({ number }) => number === 1);
    const issued = (await it.events()).find(({ type }) => type === 'CertificateIssued');
    expect(first).toMatchObject({ serial: SERIAL, position: issued?.position, seenAt: issued?.occurredAt });
    expect(first?.recordedHead).toBe(first?.head);
    expect(first?.index).toBe((await it.events()).findIndex(({ position }) => position === issued?.position));
    expect(first?.links).toEqual({ certificate: { fingerprint: first?.certificate } });
    expect(['equal', 'not read', 'lost-tail']).toContain(first?.verdict);
    expect(log.older).toBeNull();
    const numbers = log.lines.map(({ number }) => Number(number));
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  });

  test('has its days, with what it signed and what failed', async () => {
    const { data } = await ask('dora', CARD_QUESTION);
    const { activity } = data?.chipCard as { activity: readonly object[] };
    const used = (await it.events()).filter(({ type }) => type === 'CardUsed');
    const day = used[0]?.recordedAt.slice(0, 10);
    expect(activity).toEqual([{ day, signed: used.length, refused: expect.any(Number) }]);
  });

  test.each(['log(first: 0) { older }', 'log(first: 201) { older }', 'activity(days: 93) { day }'])(
    'is asked within bounds: %s',
    async (field) => {
      const { codes } = await ask('dora', `{ chipCard(card: "${CARD}") { ${field} } }`);
      expect(['BAD_PAGE', 'BAD_FILTER']).toContain(codes[0]);
    },
  );
});

test('a trust list says which copy its station fetched last, and how long that is good', async () => {
  const question =
    '{ trustLists { edges { node { station version enforcedVersion handed { version at notAfter } } } } }';
  type Row = { version: number; handed: { version: number; at: string; notAfter: string } | null };
  const read = async (): Promise<Row | undefined> => {
    const { data } = await ask('tom', question);
    return (data?.trustLists as { edges: readonly { node: Row }[] }).edges[0]?.node;
  };
  await until(async () => (await read())?.handed?.version === (await read())?.version);
  const { handed, version } = (await read())!;
  expect(handed?.version).toBe(version);
  expect(Date.parse(handed!.notAfter) - Date.parse(handed!.at)).toBe(300_000);
  const jws = await ask('rita', `{ trustList(station: "${STATION}") }`); // a person's copy is none of the station's
  expect(jws.codes).toEqual([]);
  expect((await read())?.handed).toEqual(handed);
});
