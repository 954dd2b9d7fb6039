/** Tampering with a real event file, its triggers dropped by hand: each change is found, at its position. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { collect, newEvent } from '#libs/event-store/contract/harness.ts';
import { openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import { intrude, temporaryFolder } from '#libs/event-store/sqlite/sqlite.harness.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import { entryOf, type Position, type StoredEvent } from '#libs/kernel/event.ts';
import { nonce, uuidv7 } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpointFile, readCheckpoints, type StoredCheckpoint } from './checkpoint-file.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { MerkleTree } from './merkle.ts';
import { ed25519NoteKey } from './note-key.ts';
import { Sealer } from './sealer.ts';
import { COPY, SHIFT, SWAP } from './tampering.fixture.ts';
import type { Verification, VerifiedRow } from './verification.ts';
import { type VerifiedLog, verifyLog } from './verify-log.ts';

const signer = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
const logKey = ed25519NoteKey(signer.name, signer.key);

let place: ReturnType<typeof temporaryFolder>;
let file: string;
let checkpoints: readonly StoredCheckpoint[];

/** Twelve events in three streams, a second apart, sealed after the fourth, the eighth and the last. */
beforeEach(async () => {
  place = temporaryFolder();
  file = join(place.folder, 'events.sqlite');
  const store = await openSqliteStore(file);
  const kept = await openCheckpointFile(join(place.folder, 'checkpoints.ndjson'));
  if (isRefusal(kept)) throw new Error(kept.message);
  const sealer = await Sealer.open({ log: store, signer, checkpoints: kept, batchMs: 1 });
  if (isRefusal(sealer)) throw new Error(sealer.message);
  for (let index = 0; index < 12; index += 1) {
    const recordedAt = `2026-01-31T12:00:${String(index).padStart(2, '0')}.000Z`;
    const event = newEvent({ recordedAt, data: { approver: `person-${index}` } });
    const { position } = await store.append({ stream: `order-${index % 3}`, expected: 'any', events: [event] });
    if (index % 4 === 3 && position !== null) await sealer.sealed(position);
  }
  await sealer.close();
  await kept.close();
  await store.close();
  const read = await readCheckpoints(join(place.folder, 'checkpoints.ndjson'));
  if (isRefusal(read)) throw new Error(read.message);
  // A batch of 1 ms may have sealed more often; these three say the same and are the same in every run.
  checkpoints = read.filter(({ size }) => size % 4 === 0);
});

afterEach(() => {
  place.drop();
});

async function verify(
  more: Partial<Pick<VerifiedLog, 'keptCheckpoint' | 'named'>> & { checkpoints?: readonly StoredCheckpoint[] } = {},
): Promise<Verification> {
  const reader = await openSqliteReadOnly(file);
  const identity = await reader.identity();
  const verified = await verifyLog({ events: reader.rows(), checkpoints, logKey, identity, ...more });
  await reader.close();
  return verified;
}

async function fault(more: Parameters<typeof verify>[0] = {}): Promise<[number, string]> {
  const verified = await verify(more);
  if (verified.held) throw new Error('verification held');
  expect(verified.why).toMatch(/^[^\n]{10,200}\.$/);
  expect(verified.position).toMatch(/^\d{20}$/);
  return [Number(verified.position), verified.what];
}

/** Rewrites events as a careful intruder does: with entries that fit what they now say. */
async function rewrite(change: (event: StoredEvent) => StoredEvent): Promise<void> {
  const reader = await openSqliteReadOnly(file);
  const events = await collect(reader.readAll());
  await reader.close();
  intrude(file, []);
  const connection = new Database(file);
  for (const event of events.map(change)) {
    const update = connection.prepare('UPDATE events SET data = ?, entry = ? WHERE position = ?');
    update.run(JSON.stringify(event.data), entryOf(event), Number(event.position));
  }
  connection.close();
}

async function resealed(sizes: readonly number[], key = signer.key): Promise<StoredCheckpoint[]> {
  const reader = await openSqliteReadOnly(file);
  const tree = new MerkleTree();
  for await (const event of reader.readAll()) tree.append(entryOf(event));
  const log = await reader.identity();
  await reader.close();
  return sizes.map((size) => ({
    log,
    size,
    note: signCheckpoint({ size, root: tree.root(size) }, { name: signer.name, key }),
  }));
}

describe('verification', () => {
  test('holds over a log nobody touched, with and without a checkpoint kept elsewhere', async () => {
    const held = await verify();
    expect(held).toMatchObject({ held: true, events: 12, size: 12 });
    expect(checkpoints.map(({ size }) => size)).toEqual([4, 8, 12]);
    expect(await verify({ keptCheckpoint: checkpoints[1]?.note ?? '' })).toEqual(held);
    expect(await verify({ checkpoints: checkpoints.slice(0, 2) })).toMatchObject({ held: true, events: 12, size: 8 });
  });

  test.each([
    [
      'a changed octet of data',
      ["UPDATE events SET data = replace(data, 'person-6', 'person-7') WHERE position = 6"],
      6,
      'entry',
    ],
    ['a space in the data', ["UPDATE events SET data = replace(data, ':', ': ') WHERE position = 6"], 6, 'row'],
    [
      'a changed octet of metadata',
      ["UPDATE events SET metadata = replace(metadata, 'tester', 'tesler') WHERE position = 0"],
      0,
      'entry',
    ],
    ['a changed type', ["UPDATE events SET type = 'ThingHappenee' WHERE position = 11"], 11, 'entry'],
    ['a changed id', ["UPDATE events SET id = 'x' WHERE position = 3"], 3, 'entry'],
    ['a changed salt', [`UPDATE events SET salt = '${nonce()}' WHERE position = 3`], 3, 'entry'],
    ['a changed entry', ['UPDATE events SET entry = zeroblob(32) WHERE position = 5'], 5, 'entry'],
    [
      'a changed time of occurrence',
      ["UPDATE events SET occurred_at = '2026-01-31T12:00:00.001Z' WHERE position = 5"],
      5,
      'entry',
    ],
    ['an octet that is no UTF-8', ["UPDATE events SET stream = CAST(x'ff' AS TEXT) WHERE position = 7"], 7, 'row'],
    ['a deleted row', ['DELETE FROM events WHERE position = 5'], 5, 'row'],
    ['the first row deleted', ['DELETE FROM events WHERE position = 0'], 0, 'row'],
    ['a deleted row with the gap closed', ['DELETE FROM events WHERE position = 5', ...SHIFT(5, -1)], 7, 'revision'],
    ['two rows of one stream swapped', SWAP(4, 7), 4, 'revision'],
    ['two rows of different streams swapped', SWAP(5, 6), 6, 'recorded'],
    ['a row added at the end', [COPY(11, 12, "'order-9', 0, id")], 12, 'entry'],
    [
      'a row inserted at the end of a stream in the middle',
      [...SHIFT(9, 1), COPY(1, 9, "'order-9', 0, id")],
      9,
      'recorded',
    ],
    ['a row inserted before all', [COPY(1, -1, "'order-9', 0, id")], 0, 'row'],
    ['the tail cut', ['DELETE FROM events WHERE position >= 9'], 9, 'tail'],
    ['all events deleted', ['DELETE FROM events'], 0, 'tail'],
  ] as const)('finds %s', async (_what, statements, position, what) => {
    intrude(file, statements);
    expect(await fault()).toEqual([position, what]);
  });

  test('finds rows out of order and ids that stand twice, whatever engine tells them', async () => {
    const make = (place: number, more: Partial<StoredEvent> = {}): VerifiedRow => {
      const position = String(place).padStart(20, '0') as Position;
      const event = { ...newEvent(), stream: 'a-1', revision: BigInt(place), position, ...more };
      return { is: 'event', event, entry: entryOf(event) };
    };
    const found = (...events: VerifiedRow[]) => verifyLog({ events, checkpoints: [], logKey });
    expect(await found(make(0), make(1), make(1, { revision: 2n }))).toMatchObject({
      what: 'order',
      position: '0'.repeat(19) + '1',
    });
    expect(await found(make(0, { id: 'id-1' }), make(1), make(2, { id: 'id-1' }))).toMatchObject({
      what: 'id',
      position: '0'.repeat(19) + '2',
    });
    expect(await found(make(0, { id: 'id-1' }), make(1, { id: 'id-1', stream: 'a-2', revision: 0n }))).toMatchObject({
      what: 'checkpoint',
    });
    expect(await found()).toMatchObject({ held: true, events: 0 });
  });

  test('finds an inserted event that is hashed well: the root does not fit', async () => {
    const reader = await openSqliteReadOnly(file);
    const [event] = await collect(reader.readAll({ limit: 1 }));
    await reader.close();
    if (event === undefined) throw new Error('no event');
    const inserted = { ...event, id: uuidv7(), stream: 'order-9', recordedAt: '2026-01-31T12:00:05.500Z' };
    intrude(file, SHIFT(6, 1));
    const connection = new Database(file);
    const row = [
      6,
      inserted.stream,
      0,
      inserted.id,
      inserted.type,
      1,
      inserted.occurredAt,
      inserted.recordedAt,
      inserted.salt,
    ];
    connection
      .prepare(`INSERT INTO events VALUES (${'?, '.repeat(11)}?)`)
      .run(...row, JSON.stringify(inserted.data), '{"actor":"tester"}', entryOf(inserted));
    connection.close();
    expect(await fault()).toEqual([4, 'root']);
  });

  test('finds a changed approver with every entry rehashed at the next signed root', async () => {
    await rewrite((event) => (Number(event.position) === 9 ? { ...event, data: { approver: 'mallory' } } : event));
    expect(await fault()).toEqual([8, 'root']);
  });

  test('finds everything rehashed and the checkpoints made anew with a key that is not the log key', async () => {
    await rewrite((event) => ({ ...event, data: { approver: 'mallory' } }));
    expect(await fault()).toEqual([0, 'root']);
    const forged = await resealed([4, 8, 12], generateKeyPairSync('ed25519').privateKey);
    expect(await fault({ checkpoints: forged })).toEqual([0, 'checkpoint']);
  });

  test('finds a log rewritten by whoever holds the log key at the checkpoint kept elsewhere: a fork', async () => {
    await rewrite((event) => (Number(event.position) >= 5 ? { ...event, data: { approver: 'mallory' } } : event));
    const forked = await resealed([4, 8, 12]);
    expect(await verify({ checkpoints: forked })).toMatchObject({ held: true });
    expect(await fault({ checkpoints: forked, keptCheckpoint: checkpoints[1]?.note ?? '' })).toEqual([4, 'fork']);
  });

  test('finds a moment that events rest on and the log never had: a fork', async () => {
    const position = '0'.repeat(19) + '9';
    const root = (at: number) => {
      const head = openCheckpoint(checkpoints[at]?.note ?? '', logKey);
      if (isRefusal(head)) throw new Error(head.message);
      return head.root;
    };
    const named = (size: number, of: number) => ({ named: () => [{ position, size, root: root(of) }] });
    expect(await verify(named(8, 1))).toMatchObject({ held: true });
    expect(await fault(named(8, 0))).toEqual([9, 'fork']);
    expect(await fault(named(13, 2))).toEqual([9, 'fork']);
  });

  test('finds a tail cut together with its checkpoints at the checkpoint kept elsewhere', async () => {
    intrude(file, ['DELETE FROM events WHERE position >= 8']);
    expect(await verify({ checkpoints: checkpoints.slice(0, 2) })).toMatchObject({ held: true, events: 8 });
    expect(await fault({ checkpoints: checkpoints.slice(0, 2), keptCheckpoint: checkpoints[2]?.note ?? '' })).toEqual([
      8,
      'tail',
    ]);
  });

  test('finds checkpoints that are lost, altered, out of order, of another log, or kept under another key', async () => {
    const [first, second, third] = checkpoints;
    if (first === undefined || second === undefined || third === undefined) throw new Error('too few checkpoints');
    expect(await fault({ checkpoints: [] })).toEqual([0, 'checkpoint']);
    const altered = { ...second, note: second.note.replace('\n8\n', '\n7\n') };
    expect(await fault({ checkpoints: [first, altered, third] })).toEqual([4, 'checkpoint']);
    expect(await fault({ checkpoints: [first, { ...second, size: 7 }, third] })).toEqual([4, 'checkpoint']);
    expect(await fault({ checkpoints: [first, third, second] })).toEqual([4, 'checkpoint']);
    expect(await fault({ checkpoints: [{ ...first, log: 'another' }, second, third] })).toEqual([0, 'checkpoint']);
    expect(
      await fault({ keptCheckpoint: (await resealed([4], generateKeyPairSync('ed25519').privateKey))[0]?.note ?? '' }),
    ).toEqual([0, 'checkpoint']);
  });
});
