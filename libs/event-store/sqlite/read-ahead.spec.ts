/** The log read by two: what a thread read ahead is what one reader alone reads, whatever was done to the file. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { entryOfCanonical } from '#libs/kernel/event.ts';
import { collect, newEvent } from '../contract/harness.ts';
import type { LogRow } from '../log-row.ts';
import { fileMark } from './file-mark.ts';
import { type Paying, RawRows } from './raw-rows.ts';
import type { ReadAhead } from './read-ahead.ts';
import { intrude, temporaryFolder } from './sqlite.harness.ts';
import { openSqliteStore } from './sqlite-store.ts';

jest.setTimeout(60_000);

const EVENTS = 6000;
const PAGE = 500;
const AT_ONCE: Paying = { read: PAGE, left: 0, hasCore: () => true };
const NEVER: Paying = { ...AT_ONCE, read: Infinity };

let place: ReturnType<typeof temporaryFolder>;
let file: string;
let connection: Database.Database;

beforeEach(async () => {
  place = temporaryFolder();
  file = join(place.folder, 'events.sqlite');
  await written(file);
  connection = new Database(file, { readonly: true });
});

afterEach(() => {
  connection.close();
  place.drop();
});

async function written(to: string): Promise<void> {
  const store = await openSqliteStore(to);
  for (let at = 0; at < EVENTS; at += PAGE)
    await store.append({
      stream: `ä-${at}`,
      expected: 'no_stream',
      events: Array.from({ length: PAGE }, (_, of) => spoken(of)),
    });
  await store.close();
}

/** Texts of one octet a character, of two, of three and of four. */
const spoken = (of: number) =>
  newEvent({ data: { text: ['a', 'ü', '語', '😀', '"\\\n'][of % 5], of }, metadata: { actor: `ö-${of}` } });

const opened = (paying: Paying): RawRows => new RawRows(connection, fileMark(file), paying);

async function threadOf({ threads }: RawRows): Promise<ReadAhead> {
  const [thread] = threads;
  if (thread === undefined) throw new Error('no thread was begun');
  while (!thread.stands) await after(5);
  return thread;
}

/** Waits for the thread behind the first page, and for a page of it behind the third. */
async function readByTwo(): Promise<readonly LogRow[]> {
  const raw = opened(AT_ONCE);
  const rows: LogRow[] = [];
  let thread: ReadAhead | null = null;
  for await (const row of raw.each()) {
    if (rows.push(row) > PAGE) thread ??= await threadOf(raw);
    while (thread !== null && rows.length === 3 * PAGE && thread.lying === 0) await after(5);
  }
  expect(thread?.given).toBeGreaterThan(0);
  expect(raw.threads.size).toBe(0);
  return rows;
}

const plainly = (rows: readonly LogRow[]) =>
  rows.map((row) => (row.is === 'event' ? { ...row, entry: Buffer.from(row.entry).toString('hex') } : row));

describe('the log read by two', () => {
  test('gives the rows that one reader gives', async () => {
    const rows = plainly(await readByTwo());
    expect(rows).toHaveLength(EVENTS);
    expect(rows).toEqual(plainly(await collect(opened(NEVER).each())));
  });

  test.each([
    ['data changed', "UPDATE events SET data = replace(data, '2', '3') WHERE position = 4321"],
    ['data that is none', "UPDATE events SET data = '{' WHERE position = 4321"],
    ['no UTF-8', "UPDATE events SET type = CAST(x'ff' AS TEXT) WHERE position = 4321"],
    ['a gap', 'DELETE FROM events WHERE position BETWEEN 4321 AND 4330'],
    ['the tail gone', 'DELETE FROM events WHERE position > 4321'],
    ['an entry changed', 'UPDATE events SET entry = zeroblob(32) WHERE position = 4321'],
  ])('tells of damage what one reader tells (%s)', async (_what, statement) => {
    intrude(file, [statement]);
    expect(plainly(await readByTwo())).toEqual(plainly(await collect(opened(NEVER).each())));
  });

  test('a row whose data is no JSON, though its entry is right, is not whole', async () => {
    const rows = await collect(opened(NEVER).each());
    const row = rows[4321];
    if (row?.is !== 'event') throw new Error('no such row');
    const broken = '{';
    const { salt, ...rest } = row.event;
    const entry = entryOfCanonical(
      { ...rest, salt, revision: Number(rest.revision), data: broken, metadata: '{}' },
      'hex',
    );
    intrude(file, [`UPDATE events SET data = '${broken}', metadata = '{}', entry = x'${entry}' WHERE position = 4321`]);
    const told = await readByTwo();
    expect(told[4321]).toEqual({
      is: 'damaged',
      position: row.event.position,
      why: 'data or metadata is not canonical JSON',
    });
    expect(told[4322]).toMatchObject({ is: 'event' });
  });

  test('ends its thread with whoever breaks off, fails, or closes what he read from', async () => {
    const raw = opened(AT_ONCE);
    const begun = async (): Promise<void> => {
      let seen = 0;
      for await (const _row of raw.each()) if ((seen += 1) > PAGE) return void (await threadOf(raw));
    };
    await begun();
    expect(raw.threads.size).toBe(0);
    const failing = async (): Promise<void> => {
      let seen = 0;
      for await (const _row of raw.each()) if ((seen += 1) > PAGE) throw new Error('enough');
    };
    await expect(failing()).rejects.toThrow('enough');
    expect(raw.threads.size).toBe(0);
    const left = raw.each()[Symbol.asyncIterator]();
    for (let seen = 0; seen <= PAGE; seen += 1) await left.next();
    expect(raw.threads.size).toBe(1);
    await raw.close();
    expect(raw.threads.size).toBe(0);
  });

  test('is read by one where another file stands at the name by now', async () => {
    const raw = opened(AT_ONCE);
    const other = join(place.folder, 'other.sqlite');
    await written(other);
    renameSync(other, file);
    const rows: LogRow[] = [];
    for await (const row of raw.each())
      if (rows.push(row) % PAGE === 1) await after(rows.length === PAGE + 1 ? 1500 : 5);
    expect(rows.filter(({ is }) => is !== 'event')).toEqual([]);
    expect(rows).toHaveLength(EVENTS);
    expect(plainly(rows)).toEqual(plainly(await collect(opened(NEVER).each())));
  });

  test.each<[string, Partial<Paying>]>([
    ['few rows are left', { left: 20_000 }],
    ['no core is to spare', { hasCore: () => false }],
  ])('is read by one where %s', async (_what, paying) => {
    const raw = opened({ ...AT_ONCE, ...paying });
    for await (const _row of raw.each()) expect(raw.threads.size).toBe(0);
  });
});
