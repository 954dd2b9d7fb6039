/** The event file itself: durability read back, its mode, damage, a full disk, and looking without writing. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { collect, failure, fill, newEvent } from '../contract/harness.ts';
import type { EventStore } from '../event-store.ts';
import { openSqliteReadOnly } from './read-only.ts';
import { intrude, temporaryFolder } from './sqlite.harness.ts';
import { openSqliteStore } from './sqlite-store.ts';

let place: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  place = temporaryFolder();
  file = join(place.folder, 'events.sqlite');
});

afterEach(() => {
  place.drop();
});

async function filled(count: number): Promise<void> {
  const store = await openSqliteStore(file);
  await fill(
    store,
    Array.from({ length: count }, (_, index) => `a-${index % 5}`),
  );
  await store.close();
}

describe('an event file', () => {
  test('is durable on the first open and on every later one', async () => {
    for (let opened = 0; opened < 3; opened += 1) {
      const store = await openSqliteStore(file);
      expect(store.durability()).toEqual({ journalMode: 'wal', synchronous: 2, pageSize: 4096, autocheckpoint: 1000 });
      await store.close();
    }
  });

  test('belongs to its owner alone, with all files beside it', async () => {
    const store = await openSqliteStore(file);
    await fill(store, ['a-1']);
    const names = readdirSync(place.folder);
    expect(names.toSorted()).toEqual(['events.sqlite', 'events.sqlite-shm', 'events.sqlite-wal', 'events.sqlite.lock']);
    for (const name of names) expect(statSync(join(place.folder, name)).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test.each([
    [
      'garbage',
      () => {
        writeFileSync(file, 'garbage '.repeat(5000));
      },
    ],
    [
      'cut off in the middle',
      () => {
        truncateSync(file, 40_000);
      },
    ],
    [
      'cut off to nothing',
      () => {
        truncateSync(file, 0);
      },
    ],
    [
      'a page overwritten',
      () => {
        const octets = readFileSync(file);
        octets.fill(0xff, 4096, 3 * 4096);
        writeFileSync(file, octets);
      },
    ],
    [
      'another SQLite file',
      () => {
        writeFileSync(file, '');
        intrude(file, ['CREATE TABLE other (a)'], false);
      },
    ],
    [
      'a trigger dropped',
      () => {
        intrude(file, []);
      },
    ],
    [
      'a trigger added',
      () => {
        intrude(file, ['CREATE TRIGGER extra AFTER INSERT ON log BEGIN SELECT 1; END'], false);
      },
    ],
  ])('that is damaged (%s) is told by one clear sentence, not written to', async (_what, damage) => {
    await filled(400);
    damage();
    const before = readFileSync(file);
    const error = await failure(openSqliteStore(file), 'Corrupt');
    expect(error.message).toMatch(/^The [^\n]{10,250}\.$/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('in a folder that is not there is told by one clear sentence', async () => {
    const error = await failure(openSqliteStore(join(place.folder, 'absent', 'events.sqlite')), 'Unavailable');
    expect(error.message).toMatch(/The folder .*absent does not exist; make it first\./);
  });

  test('half founded by a process that died is founded anew', async () => {
    writeFileSync(`${file}.new`, 'half');
    await (await openSqliteStore(file)).close();
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});

describe('a group of appends', () => {
  const settle = async (store: EventStore, streams: readonly string[], size: number) =>
    Promise.allSettled(
      streams.map((stream) =>
        store.append({ stream, expected: 'no_stream', events: [newEvent({ data: 'x'.repeat(size) })] }),
      ),
    );

  test('loses only the appends that conflict', async () => {
    const store = await openSqliteStore(file);
    const settled = await settle(store, ['a-1', 'a-1', 'a-2', 'a-3', 'a-3'], 10);
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    await store.close();
  });

  test('taken for new and found to hold ids that are not is written again, each append for itself', async () => {
    const store = await openSqliteStore(file);
    const known = newEvent();
    await store.append({ stream: 'a-1', expected: 'no_stream', events: [known] });
    const fresh = (stream: string) => ({ stream, expected: 'no_stream' as const, events: [newEvent(), newEvent()] });
    const settled = await Promise.allSettled([
      ...Array.from({ length: 10 }, (_, index) => store.append(fresh(`b-${index}`))),
      store.append({ stream: 'a-1', expected: 'any', events: [known] }),
      store.append({ stream: 'a-1', expected: 0n, events: [newEvent(), known] }),
      store.append({ stream: 'a-1', expected: 0n, events: [newEvent()] }),
      ...Array.from({ length: 10 }, (_, index) => store.append(fresh(`c-${index}`))),
    ]);
    const [repeated, elsewhere, next] = settled.splice(10, 3);
    expect(repeated).toMatchObject({ value: { revision: 0n, position: '00000000000000000000', replayed: true } });
    expect(elsewhere).toMatchObject({ reason: { code: 'DuplicateEventId' } });
    expect(next).toMatchObject({ value: { revision: 1n, position: '00000000000000000021', replayed: false } });
    expect(settled.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'fulfilled'));
    const all = await collect(store.readAll());
    expect(all.map(({ position }) => Number(position))).toEqual(Array.from({ length: 42 }, (_, place) => place));
    expect(all.map(({ revision }) => Number(revision)).slice(1, 21)).toEqual(
      Array.from({ length: 20 }, (_, at) => at % 2),
    );
    await store.close();
  });

  test('leaves out what its caller cancelled before it was written', async () => {
    const store = await openSqliteStore(file);
    const cancelling = new AbortController();
    const [cancelled, other] = [
      store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] }, { signal: cancelling.signal }),
      store.append({ stream: 'a-2', expected: 'no_stream', events: [newEvent()] }),
    ];
    cancelling.abort();
    await failure(cancelled, 'Cancelled');
    await other;
    expect((await collect(store.readAll())).map(({ stream }) => stream)).toEqual(['a-2']);
    await store.close();
  });

  test('is refused whole and undone when the disk is full, and the store goes on', async () => {
    const store = await openSqliteStore(file, { pagesMax: 160 });
    await settle(store, ['a-1'], 10);
    const settled = await settle(store, ['b-1', 'b-2', 'b-3'], 300_000);
    for (const one of settled) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'Unavailable' } });
    expect((await collect(store.readAll())).map(({ stream }) => stream)).toEqual(['a-1']);
    expect((await settle(store, ['c-1'], 10)).map(({ status }) => status)).toEqual(['fulfilled']);
    expect(await store.head()).toBe('00000000000000000001');
    await store.close();
  });
});

describe('looking without writing', () => {
  test('works on a copy of the one file', async () => {
    await filled(20);
    const copy = join(place.folder, 'evidence.sqlite');
    copyFileSync(file, copy);
    const reader = await openSqliteReadOnly(copy);
    expect(await collect(reader.readAll())).toHaveLength(20);
    expect(await collect(reader.rows())).toHaveLength(20);
    expect(await reader.alterations()).toEqual([]);
    await reader.close();
  });

  test('works where nothing may be written beside the file', async () => {
    await filled(20);
    mkdirSync(`${file}-wal`);
    const reader = await openSqliteReadOnly(file);
    expect(await collect(reader.rows())).toHaveLength(20);
    await reader.close();
  });

  test('says what is altered, damaged or missing row by row, and throws nothing', async () => {
    await filled(8);
    intrude(file, ["UPDATE events SET data = '{ }' WHERE position = 2", 'DELETE FROM events WHERE position IN (4, 5)']);
    const reader = await openSqliteReadOnly(file);
    const rows = await collect(reader.rows());
    const damaged = rows.flatMap((row) => (row.is === 'damaged' ? [Number(row.position)] : []));
    expect(damaged).toEqual([2, 4]);
    expect(await reader.alterations()).toEqual(['events_no_update', 'events_no_delete', 'events_at_the_end']);
    await reader.close();
  });

  test('tells a damaged page at the position where reading ends', async () => {
    await filled(400);
    const octets = readFileSync(file);
    octets.fill(0xff, octets.length - 12 * 4096);
    writeFileSync(file, octets);
    const reader = await openSqliteReadOnly(file);
    const rows = await collect(reader.rows());
    expect(rows.findIndex((row) => row.is === 'damaged')).toBeGreaterThanOrEqual(0);
    await reader.close();
  });

  test('refuses an absent file and one that is no log', async () => {
    await failure(openSqliteReadOnly(file), 'Unavailable');
    writeFileSync(file, 'garbage '.repeat(5000));
    await failure(openSqliteReadOnly(file), 'Corrupt');
  });
});
