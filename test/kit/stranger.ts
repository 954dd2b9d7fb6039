/**
 * A stranger to the log: reads tiles over any transport and computes the root of a checkpoint himself, from the
 * specifications alone (RFC 6962, c2sp.org/tlog-tiles). Nothing of libs/seal is used here.
 */
import { createHash } from 'node:crypto';

const WIDTH = 256;

/** The octets at a path under the log's prefix, or null where there are none. */
export type Fetch = (path: string) => Promise<Uint8Array | null>;

export interface Head {
  readonly origin: string;
  readonly size: number;
  /** 64 digits of hex. */
  readonly root: string;
}

export function headOf(note: string): Head {
  const [origin = '', size = '', root = ''] = note.split('\n');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64').toString('hex') };
}

const digest = (prefix: number, ...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256').update(Uint8Array.of(prefix))).digest();
export const hashOfLeaf = (entry: Uint8Array): Buffer => digest(0, entry);

/** Hash of a list of nodes, the first of them whole: RFC 6962 §2.1 over hashes in place of leaves. */
function treeHash(nodes: readonly Buffer[]): Buffer {
  const [only] = nodes;
  if (only === undefined) throw new Error('no nodes');
  if (nodes.length === 1) return only;
  const left = 2 ** (Math.ceil(Math.log2(nodes.length)) - 1);
  return digest(1, treeHash(nodes.slice(0, left)), treeHash(nodes.slice(left)));
}

function pathOf(level: number | 'entries', index: number, width: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const name = digits.replace(/(\d{3})(?=\d)/g, 'x$1/');
  return `tile/${level}/${name}${width < WIDTH ? `.p/${width}` : ''}`;
}

function* places(count: number): Generator<{ index: number; width: number }> {
  for (let index = 0; index * WIDTH < count; index += 1) yield { index, width: Math.min(WIDTH, count - index * WIDTH) };
}

async function hashesAt(fetch: Fetch, level: number, size: number): Promise<Buffer[]> {
  const hashes: Buffer[] = [];
  for (const { index, width } of places(Math.floor(size / WIDTH ** level))) {
    const octets = await fetch(pathOf(level, index, width));
    if (octets?.length !== width * 32) throw new Error(`${pathOf(level, index, width)} is not ${width} hashes`);
    for (let at = 0; at < width; at += 1) hashes.push(Buffer.from(octets.subarray(at * 32, at * 32 + 32)));
  }
  return hashes;
}

export async function entriesOf(fetch: Fetch, size: number): Promise<Buffer[]> {
  const entries: Buffer[] = [];
  for (const { index, width } of places(size)) {
    const octets = Buffer.from((await fetch(pathOf('entries', index, width))) ?? []);
    for (let at = 0; at < octets.length;) {
      const length = octets.readUInt16BE(at);
      entries.push(octets.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return entries;
}

/**
 * Walks all tiles of a tree of this size: every entry hashes to its leaf, every hash of a higher tile is that of the
 * full tile under it, and all together are the root. Throws at the first that is not; answers the root as hex.
 */
export async function walkTiles(fetch: Fetch, size: number): Promise<string> {
  const leaves = await hashesAt(fetch, 0, size);
  const entries = await entriesOf(fetch, size);
  if (entries.length !== size || leaves.length !== size) throw new Error('not as many entries as the checkpoint says');
  for (const [at, entry] of entries.entries())
    if (!hashOfLeaf(entry).equals(leaves[at] ?? Buffer.alloc(0))) throw new Error(`entry ${at} is not its leaf`);
  let below = leaves;
  for (let level = 1; WIDTH ** level <= size; level += 1) {
    const hashes = await hashesAt(fetch, level, size);
    for (const [at, hash] of hashes.entries())
      if (!treeHash(below.slice(at * WIDTH, (at + 1) * WIDTH)).equals(hash))
        throw new Error(`hash ${at} of level ${level} is not that of its tile`);
    below = hashes;
  }
  return treeHash(leaves).toString('hex');
}
