/** The seal over a log: checkpoints in time, proofs for every event, and no signature over a log that was changed. */
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newEvent, newEvents } from '#libs/event-store/contract/harness.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { entryOf, type NewEvent, type Position } from '#libs/kernel/event.ts';
import { isRefusal, type Refusal } from '#libs/kernel/refusal.ts';
import { type CheckpointStore, openCheckpointFile, readCheckpoints } from './checkpoint-file.ts';
import { openCheckpoint } from './checkpoint.ts';
import { leafHash } from './merkle-node.ts';
import { verifyConsistency, verifyInclusion } from './merkle-proof.ts';
import { ed25519NoteKey } from './note-key.ts';
import type { SealedLog } from './sealed-log.ts';
import { Sealer } from './sealer.ts';

const signer = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
const logKey = ed25519NoteKey(signer.name, signer.key);

let folder: string;
let file: string;
const open: { close: () => Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-spec-'));
  file = join(folder, 'checkpoints.ndjson');
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function checkpointFile(): Promise<CheckpointStore> {
  const checkpoints = held(await openCheckpointFile(file));
  open.push(checkpoints);
  return checkpoints;
}

async function tryOpen(log: SealedLog, batchMs = 20): Promise<Sealer | Refusal> {
  const sealer = await Sealer.open({ log, signer, checkpoints: await checkpointFile(), batchMs });
  if (!isRefusal(sealer)) open.unshift(sealer);
  return sealer;
}

function held<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

async function append(store: MemoryEventStore, stream: string, events: readonly NewEvent[]): Promise<Position> {
  const { position } = await store.append({ stream, expected: 'any', events });
  if (position === null) throw new Error('no position');
  return position;
}

/** A log as someone with the file would leave it: the same identity, other events. */
async function altered(store: MemoryEventStore, events: readonly NewEvent[]): Promise<SealedLog> {
  const other = new MemoryEventStore();
  if (events.length > 0) await append(other, 'a-1', events);
  return { identity: () => store.identity(), subscribe: (options) => other.subscribe(options) };
}

describe('the seal', () => {
  test('signs what is there at the start and every later event, one checkpoint per batch, within 100 ms', async () => {
    const store = new MemoryEventStore();
    await append(store, 'a-1', newEvents(5));
    const sealer = held(await tryOpen(store, 50));
    await sealer.sealed('00000000000000000004' as Position);
    const before = monotonicMs();
    const positions = await Promise.all(
      Array.from({ length: 40 }, (_, index) => append(store, `b-${index}`, [newEvent()])),
    );
    const last = positions.toSorted().at(-1) ?? ('' as Position);
    const checkpoint = await sealer.sealed(last);
    expect(monotonicMs() - before).toBeLessThan(1000);
    expect(checkpoint.size).toBe(45);
    const stored = held(await readCheckpoints(file));
    expect(stored.map(({ size }) => size)).toEqual([5, 45]);
    expect(stored[1]).toEqual({ log: await store.identity(), size: 45, note: checkpoint.note });
  });

  test('proves every event and every earlier checkpoint to whoever holds only the log key', async () => {
    const store = new MemoryEventStore();
    const sealer = held(await tryOpen(store));
    const early = await sealer.sealed(await append(store, 'a-1', newEvents(3)));
    const late = await sealer.sealed(await append(store, 'a-2', newEvents(10)));
    const [older, newer] = [held(openCheckpoint(early.note, logKey)), held(openCheckpoint(late.note, logKey))];
    const proof = sealer.consistencyProof(older.size, newer.size);
    expect(
      verifyConsistency({ oldSize: older.size, newSize: newer.size, oldRoot: older.root, newRoot: newer.root, proof }),
    ).toBe(true);
    for await (const event of store.readAll()) {
      const index = sealer.indexOf(event.position);
      if (index === null) throw new Error('not in the tree');
      const inclusion = {
        index,
        size: newer.size,
        leafHash: leafHash(entryOf(event)),
        proof: sealer.inclusionProof(index, newer.size),
        root: newer.root,
      };
      expect(verifyInclusion(inclusion)).toBe(true);
    }
    expect(sealer.indexOf('99999999999999999999' as Position)).toBeNull();
  });

  test('takes up where it stopped, and seals at close what was still waiting', async () => {
    const store = new MemoryEventStore();
    const first = held(await tryOpen(store, 10_000));
    await append(store, 'a-1', newEvents(3));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await first.close();
    expect(first.latest?.size).toBe(3);
    await append(store, 'a-1', newEvents(2));
    const again = held(await tryOpen(store));
    expect(await again.sealed('00000000000000000004' as Position)).toMatchObject({ size: 5 });
    await again.close();
    await expect(again.sealed('00000000000000000009' as Position)).rejects.toThrow('the seal is closed');
  });

  test('refuses a log that was rewritten, shrunk, exchanged, or sealed by another key, and signs nothing over it', async () => {
    const store = new MemoryEventStore();
    const events = newEvents(4);
    const first = held(await tryOpen(store));
    await first.sealed(await append(store, 'a-1', events));
    await first.close();
    const before = readFileSync(file, 'utf8');
    const changed = events.map((event, index) => (index === 2 ? { ...event, data: { index: 'changed' } } : event));
    expect(await tryOpen(await altered(store, [...changed, ...newEvents(3)]))).toMatchObject({ code: 'LOG_REWRITTEN' });
    expect(await tryOpen(await altered(store, events.slice(0, 3)))).toMatchObject({ code: 'LOG_SHRUNK' });
    expect(await tryOpen(await altered(store, []))).toMatchObject({ code: 'LOG_SHRUNK' });
    expect(await tryOpen(new MemoryEventStore())).toMatchObject({ code: 'ANOTHER_LOG' });
    const stranger = { name: signer.name, key: generateKeyPairSync('ed25519').privateKey };
    const refused = await Sealer.open({ log: store, signer: stranger, checkpoints: await checkpointFile() });
    expect(refused).toMatchObject({ code: 'CHECKPOINT_NOT_OURS' });
    expect(readFileSync(file, 'utf8')).toBe(before);
    writeFileSync(file, before.replace('"size":4', '"size":3'));
    expect(await tryOpen(store)).toMatchObject({ code: 'CHECKPOINT_NOT_OURS' });
  });

  test('stands still when its checkpoints cannot be stored or the log closes, and tells whoever waits', async () => {
    const store = new MemoryEventStore();
    const full: CheckpointStore = {
      latest: () => null,
      append: () => Promise.reject(new Error('the disk is full')),
      close: () => Promise.resolve(),
    };
    const sealer = held(await Sealer.open({ log: store, signer, checkpoints: full, batchMs: 5 }));
    await expect(sealer.sealed(await append(store, 'a-1', [newEvent()]))).rejects.toThrow('the disk is full');
    expect(sealer.failed?.message).toBe('the disk is full');
    await sealer.close();
    const other = held(await tryOpen(store));
    await store.close();
    await expect(other.sealed('00000000000000000009' as Position)).rejects.toThrow(/closed/);
  });
});

describe('the checkpoint file', () => {
  const line = (size: number) => ({ log: 'log-1', size, note: `note ${size}\n` });

  test('belongs to its owner and survives a death in the middle of a line, at every octet of it', async () => {
    const checkpoints = await checkpointFile();
    await checkpoints.append(line(1));
    const whole = statSync(file).size;
    await checkpoints.append(line(2));
    const both = readFileSync(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (let left = whole; left < both.length; left += 1) {
      writeFileSync(file, both.subarray(0, left));
      expect(await readCheckpoints(file)).toEqual([line(1)]);
      const again = held(await openCheckpointFile(file));
      expect(again.latest()).toEqual(line(1));
      await again.append(line(3));
      await again.close();
      expect(await readCheckpoints(file)).toEqual([line(1), line(3)]);
    }
  });

  test('keeps nothing of a torn line that was longer than the next one', async () => {
    const checkpoints = await checkpointFile();
    await checkpoints.append(line(1));
    appendFileSync(file, 'x'.repeat(5000));
    const again = await checkpointFile();
    await again.append(line(2));
    expect(await readCheckpoints(file)).toEqual([line(1), line(2)]);
    expect(readFileSync(file, 'utf8')).not.toContain('xx');
  });

  test('with a damaged line is refused with one clear sentence', async () => {
    const checkpoints = await checkpointFile();
    for (const size of [1, 2, 3]) await checkpoints.append(line(size));
    const text = readFileSync(file, 'utf8');
    for (const damaged of [
      text.replace('"size":2', '"size":"2"'),
      text.replace('{"log', '{ "log'),
      `garbage\n${text}`,
    ]) {
      writeFileSync(file, damaged);
      expect(await openCheckpointFile(file)).toMatchObject({ code: 'CHECKPOINTS_DAMAGED' });
    }
    truncateSync(file, 0);
    expect(await readCheckpoints(file)).toEqual([]);
    appendFileSync(file, 'no newline');
    expect(await readCheckpoints(file)).toEqual([]);
    expect(await readCheckpoints(join(folder, 'absent'))).toEqual([]);
  });
});
