/**
 * Where full tiles lie: one file for each level, each tile at its own place in it, since all of a level are equally long.
 * They follow from the log and can be made anew; nothing is believed because it stands here.
 */
import { constants, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { TILE_WIDTH, type TileLevel } from './tile.ts';

export interface TileStore {
  /** Null where it was never put. */
  readonly read: (level: TileLevel, index: number) => Promise<Uint8Array | null>;
  readonly put: (level: TileLevel, index: number, octets: Uint8Array) => Promise<void>;
  /** Answers when all that was put is durable. */
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const HASH = 32;

/** Octets of a full tile, and of a full bundle of entries as ours are. */
export function octetsAt(level: TileLevel): number {
  return TILE_WIDTH * (level === 'entries' ? 2 + HASH : HASH);
}

export function openTileFolder(folder: string): TileStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new Map<TileLevel, Promise<FileHandle>>();
  const touched = new Set<TileLevel>();
  const fileOf = (level: TileLevel): Promise<FileHandle> => {
    const known = files.get(level) ?? open(join(folder, `${level}.tiles`), constants.O_RDWR | constants.O_CREAT, 0o600);
    files.set(level, known);
    return known;
  };
  return {
    read: async (level, index) => {
      const octets = Buffer.alloc(octetsAt(level));
      const file = await fileOf(level);
      const { bytesRead } = await file.read(octets, 0, octets.length, index * octets.length);
      return bytesRead === octets.length ? octets : null;
    },
    put: async (level, index, octets) => {
      const file = await fileOf(level);
      const { bytesWritten } = await file.write(octets, 0, octets.length, index * octetsAt(level));
      if (bytesWritten !== octetsAt(level)) throw new Error('the tiles of the seal could not be stored; see the disk');
      touched.add(level);
    },
    sync: async () => {
      for (const level of touched) await (await fileOf(level)).datasync();
      touched.clear();
    },
    close: async () => {
      for (const file of files.values()) await (await file).close();
    },
  };
}

/** Tiles in memory alone: where the log itself lies nowhere else. */
export function tilesInMemory(): TileStore {
  const tiles = new Map<string, Uint8Array>();
  return {
    read: (level, index) => Promise.resolve(tiles.get(`${level}/${index}`) ?? null),
    put: (level, index, octets) => {
      tiles.set(`${level}/${index}`, Uint8Array.from(octets));
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
