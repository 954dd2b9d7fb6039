/** The same questions of the same log on every database: the same rows on the same pages, whichever way they are walked. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { logOf } from '#test/kit/made-log.ts';
import { VIEW_ENGINES, type ViewEngine, type ViewsHere } from '#test/kit/view-engines.ts';
import { approved, order, requested, withdrawn } from '#test/kit/order-examples.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { rebuild } from '../projection.ts';
import type { Reading } from '../sqlite/reading.ts';
import { entityPage } from './entities.ts';
import type { EventFilter } from './event-filter.ts';
import { eventPage } from './events.ts';
import { fleetCounts, hourCounts, numbersOf } from './numbers.ts';
import type { PageArguments } from './page.ts';

jest.setTimeout(120_000);

const WORDS = [
  'Łódź Ćma',
  'façade naïve',
  'ATM-000008 and others',
  'x_y.z@example.org',
  'ﬁne 1e5 0001',
  'Ωμέγα 東京 42',
];

const log = logOf([
  ...Array.from(
    { length: 240 },
    (_, index) =>
      [
        `order-${index % 100}`,
        {
          type: `Type${index % 5}`,
          data: {
            serial: `ATM-${index % 7}`,
            order: `o${index % 9}`,
            card: `C-${index % 6}`,
            fingerprint: `f${index % 4}`,
            station: `ST-${index % 4}`,
            unit: `U-${index % 8}`,
            code: `CODE_${index % 3}`,
            reason: WORDS[index % WORDS.length],
            odd: 'x'.repeat(60),
            bytes: `{"purpose":"word${index}"}`,
          },
        },
      ] as const,
  ),
  ...Array.from({ length: 30 }, (_, index) => [
    [`order-${madeUpId(`order ${index}`)}`, requested(order)] as const,
    [`order-${madeUpId(`order ${index}`)}`, index % 2 === 0 ? approved('ana') : withdrawn] as const,
  ]).flat(),
]);

const FILTERS: readonly EventFilter[] = [
  {},
  { types: ['Type1'] },
  { types: ['Type1', 'Type2', 'Type3'] },
  { types: [] },
  { stream: 'order-7' },
  { streamPrefix: 'order-99' },
  { streamPrefix: 'order-' },
  { streamPrefix: '' },
  { actor: 'actor:1' },
  { serial: 'ATM-1', types: ['Type1'], contested: false },
  { order: '1', room: 'order' },
  { card: 'C-1', unit: 'U-1' },
  { certificate: 'f1', station: 'ST-1', code: 'CODE_1' },
  { alarm: false },
  { contested: true },
  { recordedFrom: '2026-01-01T00:01:00Z', recordedTo: '2026-01-01T00:02:00Z' },
  { occurredFrom: '2026-01-01T00:01:00Z', occurredTo: '2026-01-01T00:02:00Z' },
  { text: 'atm-3 code_1', types: ['Type1'] },
  { text: 'ATM* 3', types: ['Type1'], code: 'CODE_1' },
  { text: 'lodz' },
  { text: 'łódź CMA' },
  { text: 'facade NAIVE' },
  { text: 'atm-000008' },
  { text: 'ATM-0000*' },
  { text: '000008-atm' },
  { text: 'example.org' },
  { text: 'x_y.z@ex*' },
  { text: '1e5 0001' },
  { text: 'ωμεγα 東京' },
  { text: 'ωμέγα' },
  { text: 'tiêng Viêt* cot\u0302e' },
  { text: 'ties* côte' },
  { text: '東* 42' },
  { text: 'word17' },
  { text: 'word1*', streamPrefix: 'order-1' },
  { text: "o'neill \\ & | ! <-> :" },
  { text: 'xxxxxxxxxxxxxxxx*' },
  { text: 'OrderRequested ana' },
];

interface Told extends ViewsHere {
  readonly engine: ViewEngine;
  readonly reading: Reading;
  readonly asked: string[];
}

const engines = VIEW_ENGINES.filter(({ missing }) => missing === null);
const told: Told[] = [];

beforeAll(async () => {
  for (const engine of engines) {
    const here = await engine.make();
    const events = (async function* () {
      yield* log;
    })();
    await rebuild({ log: 'log', events, factOf: () => Promise.resolve(null), place: here.place });
    const store = await here.place.open();
    while (((await store?.gatherWords(100)) ?? 0) > 0);
    await store?.close();
    const asked: string[] = [];
    told.push({ ...here, engine, asked, reading: await here.openReading((sql) => asked.push(sql)) });
  }
}, 300_000);

/** What was asked of which database, and how it came out. */
const outcomes = new Map<string, { asked: number; same: number }>();

function counted(engine: string, same: boolean): void {
  const { asked, same: before } = outcomes.get(engine) ?? { asked: 0, same: 0 };
  outcomes.set(engine, { asked: asked + 1, same: before + (same ? 1 : 0) });
}

afterAll(() => {
  for (const { name, missing } of VIEW_ENGINES) {
    const { asked, same } = outcomes.get(name) ?? { asked: 0, same: 0 };
    const said = missing === null ? `${asked} questions, ${same} with the same pages` : `left out: ${missing}`;
    process.stderr.write(`  views on ${name.padEnd(12)}${said}\n`);
  }
});

afterAll(async () => {
  for (const { reading, engine } of told) {
    await reading.$disconnect();
    await engine.end();
  }
});

type Walk = (given: PageArguments) => Promise<{
  readonly edges: readonly { readonly cursor: string; readonly node: object }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: () => Promise<boolean>;
    readonly hasPreviousPage: () => Promise<boolean>;
  };
}>;

/** All pages of 23, by their rows and their cursors. */
async function walked(ask: Walk, towards: 'first' | 'last'): Promise<readonly object[]> {
  const found: object[] = [];
  for (let given: PageArguments = { [towards]: 23 }; ;) {
    const { edges, pageInfo } = await ask(given);
    if (towards === 'first') found.push(...edges);
    else found.unshift(...edges);
    if (!(await (towards === 'first' ? pageInfo.hasNextPage() : pageInfo.hasPreviousPage()))) return found;
    given = towards === 'first' ? { first: 23, after: pageInfo.endCursor } : { last: 23, before: pageInfo.startCursor };
  }
}

const placesOf = (rows: readonly object[]): readonly number[] =>
  rows.map((row) => (row as { readonly node: { readonly place: number } }).node.place);

const events =
  ({ reading }: Told, filter: EventFilter): Walk =>
  async (page) => {
    const found = await eventPage(reading, { filter, page });
    if (isRefusal(found)) throw new Error(found.code);
    return found;
  };

describe.each(engines.map(({ name }, at) => [name, at] as const))('questions of the views on %s', (_, at) => {
  const here = (): Told => told[at]!;
  const first = (): Told => told[0]!;

  test('find the rows that the log makes, the same as on the first database', async () => {
    expect(await here().rows()).toEqual(await first().rows());
  });

  test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))('events by %s', async (__, filter) => {
    const forwards = await walked(events(here(), filter), 'first');
    const other = await walked(events(first(), filter), 'first');
    counted(here().engine.name, JSON.stringify(forwards) === JSON.stringify(other));
    expect(placesOf(forwards)).toEqual(placesOf(other));
    expect(forwards).toEqual(other);
    expect(await walked(events(here(), filter), 'last')).toEqual(forwards);
    const isEmpty =
      filter.contested === true ||
      filter.types?.length === 0 ||
      /neill|xxxx|000008-|lodz|ωμεγα|^ti/.test(filter.text ?? '');
    expect([filter, forwards.length === 0]).toEqual([filter, isEmpty]);
  });

  test.each([{}, { state: 'approved' }, { kind: 'personalize' }, { state: 'withdrawn', kind: 'personalize' }])(
    'orders by %j',
    async (filter) => {
      const ask =
        ({ reading }: Told): Walk =>
        async (page) => {
          const found = await entityPage(reading, { name: 'orders', filter, page });
          if (isRefusal(found)) throw new Error(found.code);
          return found;
        };
      const forwards = await walked(ask(here()), 'first');
      expect(forwards).toEqual(await walked(ask(first()), 'first'));
      expect(await walked(ask(here()), 'last')).toEqual(forwards);
    },
  );

  test('tallies and spans', async () => {
    const span = { from: '2025-12-31T00:00:00Z', to: '2026-02-01T00:00:00Z' };
    const [mine, others] = [here().reading, first().reading];
    expect(await hourCounts(mine, span)).toEqual(await hourCounts(others, span));
    expect(await numbersOf(mine, span)).toEqual(await numbersOf(others, span));
    expect(await fleetCounts(mine)).toEqual(await fleetCounts(others));
    expect((await hourCounts(mine, span)) as readonly object[]).not.toHaveLength(0);
  });
});
