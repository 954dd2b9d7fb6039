/** Every page is a range of one index: what SQLite plans for each filter reads no whole table and sorts nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { logOf } from '#test/kit/made-log.ts';
import { rebuild } from '../projection.ts';
import { type Reading, openReading } from '../sqlite/reading.ts';
import { ViewFolder } from '../sqlite/view-folder.ts';
import { type EntityName, entityPage } from './entities.ts';
import type { EventFilter } from './event-filter.ts';
import { eventPage } from './events.ts';
import type { Connection, PageArguments } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'kl-plans-'));
const place = new ViewFolder(folder);
let reading: Reading;
let database: Database.Database;
let asked: string[] = [];

/** Many streams, so that a prefix of theirs is no list of single ones. */
const log = logOf(
  Array.from({ length: 300 }, (_, index) => [
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
      },
    },
  ]),
);

beforeAll(async () => {
  const events = (async function* () {
    yield* log;
  })();
  await rebuild({ log: 'log', events, factOf: () => Promise.resolve(null), place });
  const store = await place.open();
  await store?.gatherWords(log.length);
  await store?.close();
  reading = await openReading(place.file, { query: (sql) => asked.push(sql) });
  database = new Database(place.file, { readonly: true });
});

afterAll(async () => {
  database.close();
  await reading.$disconnect();
  rmSync(folder, { recursive: true });
});

/** What SQLite means to do for each of the questions that were asked. */
function plans(): readonly string[] {
  return asked.flatMap((sql) => {
    const values = [...sql.matchAll(/\?/g)].map(() => 1);
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
    return rows.map(({ detail }) => detail);
  });
}

/** The whole table, and not in the order of an index; or rows put in order after they were read. */
const IS_BAD = /^SCAN (?!.* USING )|TEMP B-TREE/;
/** The index of words, asked for a word and read in the order of the log. */
const BY_WORDS = /^SCAN event_text VIRTUAL TABLE INDEX \d+:[<>]*M/;

const filters: readonly [name: string, filter: EventFilter][] = [
  ['one type', { types: ['Type1'] }],
  ['several types', { types: ['Type1', 'Type2', 'Type3'] }],
  ['a stream', { stream: 'order-7' }],
  ['a prefix of few streams', { streamPrefix: 'order-99' }],
  ['a prefix of many streams', { streamPrefix: 'order-' }],
  ['an actor', { actor: 'actor:1' }],
  ['a module', { serial: 'ATM-1' }],
  ['an order', { order: 'o1' }],
  ['a room', { room: 'order' }],
  ['a card', { card: 'C-1' }],
  ['a certificate', { certificate: 'f1' }],
  ['a station', { station: 'ST-1' }],
  ['a unit', { unit: 'U-1' }],
  ['a code', { code: 'CODE_1' }],
  ['a text', { text: 'atm-3' }],
  ['a text and what else it is', { text: 'CODE_1 ATM*', types: ['Type1', 'Type2'], station: 'ST-1' }],
  ['alarms', { alarm: true }],
  ['contested', { contested: true }],
  ['recorded from and to', { recordedFrom: '2026-01-01T00:01:00Z', recordedTo: '2026-01-01T00:02:00Z' }],
  ['occurred from and to', { occurredFrom: '2026-01-01T00:01:00Z', occurredTo: '2026-01-01T00:02:00Z' }],
  ['a type and an actor', { types: ['Type1'], actor: 'actor:1' }],
];

/** All pages of 3, forwards and backwards. */
async function walk(filter: EventFilter, towards: 'first' | 'last'): Promise<readonly number[]> {
  const found: number[] = [];
  for (let given: PageArguments = { [towards]: 3 }; ;) {
    const page = await eventPage(reading, { filter, page: given });
    if (isRefusal(page)) throw new Error(page.code);
    const places = page.edges.map(({ node }) => node.place);
    if (towards === 'first') found.push(...places);
    else found.unshift(...places);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    if (!(await (towards === 'first' ? hasNextPage() : hasPreviousPage()))) return found;
    given = towards === 'first' ? { first: 3, after: endCursor } : { last: 3, before: startCursor };
  }
}

describe('a page of events', () => {
  test.each(filters)('by %s is a range of an index, in both directions', async (_, filter) => {
    asked = [];
    const forwards = await walk(filter, 'first');
    expect(asked.length).toBeGreaterThan(0);
    const bad = (plan: string): boolean => !BY_WORDS.test(plan) && (IS_BAD.test(plan) || plan.startsWith('SCAN'));
    expect(plans().filter(bad)).toEqual([]);
    expect(await walk(filter, 'last')).toEqual(forwards);
    expect(plans().filter(bad)).toEqual([]);
  });

  const said = (index: number) => index % 5 === 1 && index % 3 === 1 && index % 7 === 3;
  test.each<[EventFilter, (index: number) => boolean]>([
    [{ card: 'C-1' }, (index) => index % 6 === 1],
    [{ code: 'CODE_1', unit: 'U-1' }, (index) => index % 3 === 1 && index % 8 === 1],
    [{ text: 'atm-3 code_1', types: ['Type1'] }, said],
    [{ text: 'ATM* 3', types: ['Type1'], code: 'CODE_1' }, (index) => index % 5 === 1 && index % 3 === 1],
    [{ text: 'nowhere' }, () => false],
  ])('by %j finds those and no others', async (filter, wanted) => {
    const found = await walk(filter, 'first');
    const all = log.map((_event, index) => index).filter(wanted);
    if (filter.text === 'ATM* 3') expect(found.every((index) => all.includes(index))).toBe(true);
    else expect(found).toEqual(all.reverse());
  });

  test.each(['order-', 'ord', 'o', ''])('by a prefix of many streams finds all of them: %j', async (streamPrefix) => {
    expect(await walk({ streamPrefix }, 'first')).toHaveLength(log.length);
  });

  test.each<[index: string, filter: EventFilter]>([
    ['event_by_serial', { serial: 'ATM-1', types: ['Type1'], actor: 'actor:1', contested: false }],
    ['event_by_actor', { types: ['Type1'], actor: 'actor:1', contested: false }],
    ['event_by_contested', { serial: 'ATM-1', contested: true }],
    ['event_by_type', { types: ['Type1'], contested: false }],
    ['event_by_alarm', { alarm: true, types: ['Type1'] }],
    ['event_by_fingerprint', { certificate: 'f1', types: ['Type1'], unit: 'U-1' }],
  ])('by several conditions is a range of the one that tells most: %s', async (index, filter) => {
    asked = [];
    await eventPage(reading, { filter, page: {} });
    expect(plans()).toEqual([expect.stringContaining(index)]);
  });

  test('by nothing is a range of the table itself', async () => {
    const all = await walk({}, 'first');
    expect(all).toEqual(log.map((_event, index) => index).reverse());
    asked = [];
    const cursor = (await walked({ first: 3 })).pageInfo.endCursor;
    asked = [];
    await walked({ first: 3, after: cursor });
    expect(plans()).toEqual(['SEARCH event USING INTEGER PRIMARY KEY (rowid<?)']);
  });

  const walked = async (given: PageArguments): Promise<Connection<object>> => {
    const page = await eventPage(reading, { filter: {}, page: given });
    if (isRefusal(page)) throw new Error(page.code);
    return page;
  };
});

describe('a page of the other views', () => {
  const tables = (): readonly (readonly [EntityName, readonly string[]])[] => [
    ['orders', ['state', 'kind', 'requester', 'unit', 'station']],
    ['units', ['state']],
    ['chipCards', ['keyState', 'overdue']],
    ['keys', ['kind', 'state', 'holder', 'name']],
    ['securityModules', ['state']],
    ['certificates', ['state', 'serial', 'card', 'station']],
    ['sessions', ['state', 'serial', 'station']],
    ['operators', []],
    ['stations', []],
    ['trustLists', []],
  ];

  test('is a range of an index, for every filter and in both directions', async () => {
    const cursor = (name: string) => Buffer.from(JSON.stringify([1, name, 5, 'x'])).toString('base64url');
    for (const [name, columns] of tables())
      for (const column of [null, ...columns])
        for (const page of [
          { first: 3 },
          { last: 3 },
          { first: 3, after: cursor(name) },
          { last: 3, before: cursor(name) },
        ]) {
          asked = [];
          const filter = column === null ? {} : { [column]: column === 'overdue' ? true : 'x' };
          expect(await entityPage(reading, { name, filter, page })).toMatchObject({ edges: [] });
          expect([name, column, page, plans().filter((plan) => IS_BAD.test(plan))]).toEqual([name, column, page, []]);
        }
  });

  test('by two columns walks a range of an index, in both directions', async () => {
    for (const [name, [one, other]] of tables())
      for (const page of [{ first: 3 }, { last: 3 }]) {
        if (one === undefined || other === undefined) continue;
        asked = [];
        const filter = { [one]: 'x', [other]: other === 'overdue' ? true : 'x' };
        expect(await entityPage(reading, { name, filter, page })).toMatchObject({ edges: [] });
        expect(asked).toEqual([expect.stringMatching(/^SELECT "id" FROM .*"since" >= \? AND "since" < \?/)]);
        expect([name, plans().filter((plan) => IS_BAD.test(plan))]).toEqual([name, []]);
      }
  });
});
