/** Tiles (c2sp.org/tlog-tiles): how strangers read the tree, 256 hashes at a time, each tile at a path of its own. */

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Of the tree between one level of tiles and the next. */
const TILE_HEIGHT = 8;
const LEVEL_MAX = 63;

/** A level of tiles, or the bundles of entries. */
export type TileLevel = number | 'entries';

export interface TilePlace {
  readonly level: TileLevel;
  readonly index: number;
  /** 1 to 256; 256 is the full tile. */
  readonly width: number;
}

/** `<L>/<N>[.p/<W>]`, N in groups of three digits; null on anything else. */
export function parseTilePath(path: string): TilePlace | null {
  const [, l = '', n = '', w] =
    /^(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path) ?? [];
  if (l === '') return null;
  const level = l === 'entries' ? l : Number(l);
  const index = Number(n.replace(/[x/]/g, ''));
  const width = w === undefined ? TILE_WIDTH : Number(w);
  if (level !== 'entries' && level > LEVEL_MAX) return null;
  if (w !== undefined && width >= TILE_WIDTH) return null;
  return tilePath({ level, index, width }) === path ? { level, index, width } : null;
}

export function tilePath({ level, index, width }: TilePlace): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/[0-9]{3}/g) ?? [];
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Height of the nodes that a level of tiles holds; entries lie under the leaves. */
export function heightOf(level: TileLevel): number {
  return level === 'entries' ? 0 : level * TILE_HEIGHT;
}

/** How many hashes, or entries, a level has in a tree of this size. */
export function countAt(level: TileLevel, size: number): number {
  return Math.floor(size / 2 ** heightOf(level));
}

/** The widest tile at a place in a tree of this size; 0 where there is none. */
export function widthAt({ level, index }: Omit<TilePlace, 'width'>, size: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, countAt(level, size) - index * TILE_WIDTH));
}

/** Every full tile and bundle of a tree of this size that one of another size did not have. */
export function fullTilesSince(before: number, size: number): readonly Omit<TilePlace, 'width'>[] {
  const places: Omit<TilePlace, 'width'>[] = [];
  const levels: TileLevel[] = ['entries', 0];
  for (let level = 1; countAt(level, size) >= TILE_WIDTH; level += 1) levels.push(level);
  for (const level of levels) {
    const full = (of: number) => Math.floor(countAt(level, of) / TILE_WIDTH);
    for (let index = full(before); index < full(size); index += 1) places.push({ level, index });
  }
  return places;
}

/** Entries as a bundle has them: each behind its length, u16 big endian. Ours are of 32 octets. */
export function bundleOf(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]));
}
