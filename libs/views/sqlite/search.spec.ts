/** Who asks for what would look through everything meets one error within his time, while others are answered. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { entityPage } from '../questions/entities.ts';
import type { EventFilter } from '../questions/event-filter.ts';
import { eventPage } from '../questions/events.ts';
import { type Reading, openReading } from './reading.ts';
import { ViewFolder } from './view-folder.ts';

const EVENTS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'kl-search-'));
const place = new ViewFolder(folder);
const opened: Reading[] = [];

/** Half of the events are of one type and the other half by one actor; the first alone is of that type and by that actor. */
const FILL = `
  INSERT INTO event
  WITH RECURSIVE at (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM at WHERE n + 1 < ${EVENTS})
  SELECT n, printf('%020d', n), n, 's-1', n, 'order', iif(n % 2, 'Odd', 'Even'), 1, iif(n % 2 OR n = 0, 'odd', 'even'), '',
    strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + n, 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + n, 'unixepoch'),
    NULL, NULL, NULL, NULL, NULL, 'ST-1', NULL, NULL, 0, 0, NULL, '{}' FROM at;
  INSERT INTO event_text (rowid, words) SELECT place, concat_ws(' ', type, actor, 'common') FROM event;
  INSERT INTO session SELECT 's-' || place, place, iif(place % 2, 'closed', 'open'), 'ST-1', iif(place % 2 OR place = 0, 'odd', 'even'),
    NULL, 0, 0, 0, NULL, recordedAt, recordedAt, position FROM event WHERE place < 20000;
  UPDATE progress SET events = ${EVENTS}, words = ${EVENTS};
`;

beforeAll(async () => {
  const building = await place.begin();
  await building.write('log', [], { position: null, events: 0 });
  await building.finish();
  await building.close();
  await place.switchTo();
  const database = new Database(place.file);
  database.exec(FILL);
  database.close();
}, 180_000);

afterAll(async () => {
  for (const one of opened) await one.$disconnect();
  rmSync(folder, { recursive: true });
});

async function readingFor(searchMs: number): Promise<Reading> {
  const reading = await openReading(place.file, { searchMs });
  opened.push(reading);
  return reading;
}

async function placesOf(reading: Reading, filter: EventFilter): Promise<readonly number[]> {
  const page = await eventPage(reading, { filter, page: { first: 5 } });
  if (isRefusal(page)) throw new Error(page.code);
  return page.edges.map(({ node }) => node.place);
}

/** Looked for through everything; the one event that is so is the very first. */
const WIDE: readonly [name: string, filter: EventFilter][] = [
  ['a type and an actor', { types: ['Even'], actor: 'odd' }],
  ['words and an actor', { text: 'common even', actor: 'odd' }],
  ['a span of times and an actor', { types: ['Even'], actor: 'odd', occurredFrom: '2026-01-01T00:00:00Z' }],
];

describe('a search through everything', () => {
  test.each(WIDE)('by %s finds what is there, at the other end', async (_, filter) => {
    expect(await placesOf(await readingFor(60_000), filter)).toEqual([0]);
  });

  test.each(WIDE)('by %s is given up when its time is over, and says so', async (_, filter) => {
    const search = placesOf(await readingFor(0), filter);
    await expect(search).rejects.toMatchObject({
      message: 'The search took too long; narrow it by time or by one thing more.',
      extensions: { code: 'QUESTION_TOO_SLOW' },
    });
  });

  test('for things that are two things at once is walked as well', async () => {
    const sessions = async (searchMs: number): Promise<unknown> => {
      const filter = { state: 'open', serial: 'odd' };
      const page = await entityPage(await readingFor(searchMs), { name: 'sessions', filter, page: { first: 5 } });
      return isRefusal(page) ? page : page.edges.map(({ node }) => node.id);
    };
    expect(await sessions(60_000)).toEqual(['s-0']);
    await expect(sessions(0)).rejects.toMatchObject({ extensions: { code: 'QUESTION_TOO_SLOW' } });
  });

  test('holds nobody up: pages of one thing are answered while many search', async () => {
    const reading = await readingFor(60_000);
    let searching = 20;
    const searches = Array.from({ length: searching }, async () => {
      const found = await placesOf(reading, { types: ['Even'], actor: 'odd' });
      searching -= 1;
      return found;
    });
    let answered = 0;
    for (; searching === 20; answered += 1) {
      expect(await placesOf(reading, { actor: 'odd' })).toHaveLength(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(answered).toBeGreaterThan(3);
    expect(await Promise.all(searches)).toEqual(Array.from({ length: 20 }, () => [0]));
  });

  test('is turned away at once where too many search already', async () => {
    const reading = await openReading(place.file);
    const many = Array.from({ length: 205 }, () => placesOf(reading, { types: ['Even'], actor: 'odd' }));
    const others = Promise.allSettled(many.slice(0, 200));
    for (const one of await Promise.allSettled(many.slice(200)))
      expect(one).toMatchObject({
        status: 'rejected',
        reason: {
          message: 'Too much is searched for at once; ask again in a moment.',
          extensions: { code: 'QUESTION_TOO_SLOW' },
        },
      });
    await reading.$disconnect();
    await others;
  });

  test('ends with its reading, and whoever waits is told', async () => {
    const reading = await openReading(place.file);
    const search = placesOf(reading, { types: ['Even'], actor: 'odd' });
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([expect(search).rejects.toThrow('the thread that searches ended'), reading.$disconnect()]);
  });
});

test('an early page of a word is found where it begins, not read up to from the end', async () => {
  const reading = await readingFor(60_000);
  const cursor = Buffer.from(JSON.stringify([1, 'events', 100])).toString('base64url');
  const timed = async (after: string | null): Promise<number> => {
    const from = performance.now();
    await eventPage(reading, { filter: { text: 'common' }, page: { after } });
    return performance.now() - from;
  };
  const ratios: number[] = [];
  for (let count = 0; count < 100; count += 1) ratios.push((await timed(cursor)) / (await timed(null)));
  expect(ratios.sort((a, b) => a - b)[50]).toBeLessThan(4); // read up to, it were ten
});

test('words that were gathered piece by piece are put in order piece by piece, and the same is found', async () => {
  const store = await place.open();
  const database = new Database(place.file);
  database.exec('DELETE FROM event WHERE place >= 3000; UPDATE progress SET events = 3000, words = 0');
  database.exec("INSERT INTO event_text (event_text) VALUES ('delete-all')");
  while (((await store?.gatherWords(200)) ?? 0) > 0);
  const pieces = (): unknown => database.prepare('SELECT count(DISTINCT segid) FROM event_text_idx').pluck().get();
  const found = async (): Promise<readonly number[]> => placesOf(await readingFor(60_000), { text: 'odd' });
  const [before, inPieces] = [await found(), pieces()];
  expect(inPieces).toBeGreaterThan(1);
  while ((await store?.tidyWords?.()) === true);
  expect(pieces()).toBe(1);
  expect(await found()).toEqual(before);
  expect(before).toEqual([2999, 2997, 2995, 2993, 2991]);
  database.close();
  await store?.close();
});
