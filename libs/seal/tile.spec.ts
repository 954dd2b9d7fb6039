/** Tiles: paths as the specification spells them, full tiles durable before their checkpoint, and the whole walked by a stranger. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newEvent } from '#libs/event-store/contract/harness.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { entryOf } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Fetch, entriesOf, headOf, walkTiles } from '#test/kit/stranger.ts';
import { type CheckpointStore, openCheckpointFile } from './checkpoint-file.ts';
import { Sealer } from './sealer.ts';
import { countAt, parseTilePath, tilePath } from './tile.ts';
import { type TileStore, openTileFolder } from './tile-store.ts';

const signer = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-spec-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

const open: { close: () => Promise<void> }[] = [];
function tilesIn(place: string): TileStore {
  const tiles = openTileFolder(place);
  open.push(tiles);
  return tiles;
}

async function append(store: MemoryEventStore, stream: string, count: number): Promise<void> {
  const events = Array.from({ length: count }, () => newEvent());
  await store.append({ stream, expected: 'any', events });
}

interface Sealing {
  readonly store: MemoryEventStore;
  readonly tiles: TileStore;
  readonly checkpoints: CheckpointStore;
}

async function opened(it: Sealing): Promise<Sealer> {
  const { store: log, tiles, checkpoints } = it;
  const sealer = await Sealer.open({ log, signer, checkpoints, tiles, batchMs: 1 });
  if (isRefusal(sealer)) throw new Error(sealer.message);
  const head = await log.head();
  if (head !== null) await sealer.sealed(head);
  return sealer;
}

async function checkpointFile(): Promise<CheckpointStore> {
  const checkpoints = await openCheckpointFile(join(folder, 'checkpoints.ndjson'));
  if (isRefusal(checkpoints)) throw new Error(checkpoints.message);
  open.push(checkpoints);
  return checkpoints;
}

const from =
  (sealer: Sealer): Fetch =>
  async (path) => {
    const place = parseTilePath(path.replace('tile/', ''));
    return place === null ? null : sealer.tile(place);
  };

describe('the path of a tile', () => {
  test.each([
    ['0/000', { level: 0, index: 0, width: 256 }],
    ['1/x001/x234/067', { level: 1, index: 1_234_067, width: 256 }],
    ['0/x001/000.p/1', { level: 0, index: 1000, width: 1 }],
    ['entries/273.p/112', { level: 'entries', index: 273, width: 112 }],
    ['63/999.p/255', { level: 63, index: 999, width: 255 }],
  ])('%s is read and written back', (path, place) => {
    expect(parseTilePath(path)).toEqual(place);
    expect(tilePath(place as never)).toBe(path);
  });

  test.each([
    '',
    '0',
    '0/0',
    '0/00',
    '0/1000',
    '0/x000/001',
    '00/000',
    '64/000',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '0/000.p/',
    '0/001/000',
    '0/x1/000',
    'entries/../000',
    'names/000',
    '0/000/',
    '-1/000',
  ])('%p is none', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  test('a tree of 70,000 has the tiles that the specification counts', () => {
    expect([0, 1, 2, 3].map((level) => countAt(level, 70_000))).toEqual([273 * 256 + 112, 256 + 17, 1, 0]);
  });
});

describe('tiles', () => {
  test('are walked by a stranger at every checkpoint, also at those that were overtaken, and after a restart', async () => {
    const it = { store: new MemoryEventStore(), tiles: tilesIn(folder), checkpoints: await checkpointFile() };
    await append(it.store, 'a-0', 200);
    let sealer = await opened(it);
    const heads = [headOf(sealer.latest?.note ?? '')];
    for (const [at, count] of [56, 1, 255, 700].entries()) {
      await append(it.store, `a-${at + 1}`, count);
      const head = await it.store.head();
      if (head === null) throw new Error('empty');
      heads.push(headOf((await sealer.sealed(head)).note));
    }
    expect(heads.map(({ size }) => size)).toEqual([200, 256, 257, 512, 1212]);
    for (const { size, root } of heads) expect(await walkTiles(from(sealer), size)).toBe(root);
    await sealer.close();
    expect(readdirSync(folder).toSorted()).toEqual(['0.tiles', 'checkpoints.ndjson', 'entries.tiles']);
    sealer = await opened({ ...it, tiles: tilesIn(folder) });
    for (const { size, root } of heads) expect(await walkTiles(from(sealer), size)).toBe(root);
    const wanted: Buffer[] = [];
    for await (const event of it.store.readAll()) wanted.push(Buffer.from(entryOf(event)));
    expect(await entriesOf(from(sealer), 1212)).toEqual(wanted);
    await sealer.close();
  });

  test('wider than the last checkpoint, or behind it, are none', async () => {
    const it = { store: new MemoryEventStore(), tiles: tilesIn(folder), checkpoints: await checkpointFile() };
    await append(it.store, 'a-0', 300);
    const sealer = await opened(it);
    const there = async (path: string) => (await from(sealer)(path))?.length ?? null;
    expect(await there('tile/0/001.p/44')).toBe(44 * 32);
    expect(await there('tile/0/001.p/45')).toBeNull();
    expect(await there('tile/0/001')).toBeNull();
    expect(await there('tile/0/002.p/1')).toBeNull();
    expect(await there('tile/1/000.p/1')).toBe(32);
    expect(await there('tile/1/000.p/2')).toBeNull();
    expect(await there('tile/2/000.p/1')).toBeNull();
    expect(await there('tile/entries/000')).toBe(256 * 34);
    expect(await there('tile/entries/000.p/255')).toBe(255 * 34);
    await sealer.close();
  });

  test('are durable before the checkpoint that covers them, and without them nothing is signed', async () => {
    const told: string[] = [];
    const folderTiles = tilesIn(folder);
    const tiles: TileStore = {
      ...folderTiles,
      put: (level, index, octets) => {
        told.push(`put ${level}/${index}`);
        return folderTiles.put(level, index, octets);
      },
      sync: () => {
        told.push('tiles durable');
        return folderTiles.sync();
      },
    };
    const file = await checkpointFile();
    const checkpoints: CheckpointStore = {
      ...file,
      append: (one) => {
        told.push(`checkpoint ${one.size}`);
        return file.append(one);
      },
    };
    const store = new MemoryEventStore();
    await append(store, 'a-0', 256);
    const sealer = await opened({ store, tiles, checkpoints });
    expect(told).toEqual(['put entries/0', 'put 0/0', 'tiles durable', 'checkpoint 256']);
    await sealer.close();
    const broken: TileStore = { ...folderTiles, sync: () => Promise.reject(new Error('the disk is full')) };
    await append(store, 'a-1', 256);
    await expect(opened({ store, tiles: broken, checkpoints })).rejects.toThrow('the disk is full');
    expect(checkpoints.latest()?.size).toBe(256);
  });

  test('that somebody altered are written anew from the log at the next start', async () => {
    const it = { store: new MemoryEventStore(), tiles: tilesIn(folder), checkpoints: await checkpointFile() };
    await append(it.store, 'a-0', 520);
    await (await opened(it)).close();
    writeFileSync(join(folder, '0.tiles'), Buffer.alloc(256 * 32 + 7, 1));
    const sealer = await opened(it);
    const { size, root } = headOf(sealer.latest?.note ?? '');
    await append(it.store, 'a-1', 1);
    await sealer.sealed((await it.store.head()) as never);
    expect(await walkTiles(from(sealer), size)).toBe(root);
    await sealer.close();
  });
});
