/** The path of an entry to a root (RFC 6962 §2.1.1, checked as in RFC 9162 §2.1.3.2). */
import { sha256 } from './hash.ts';
import { type Octets, equal } from './octets.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PATH_MAX = 64;

export interface Inclusion {
  /** 0-based number of the entry in the log. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  readonly entry: Octets;
  /** Siblings, nearest first, 32 octets each. */
  readonly path: readonly Octets[];
}

/** The root that the path leads to; null where path, index and size do not fit each other. */
export async function rootOf({ index, size, entry, path }: Inclusion): Promise<Octets | null> {
  if (!isCount(index) || !isCount(size) || index >= size || path.length > PATH_MAX) return null;
  if (path.some((step) => step.length !== 32)) return null;
  let [place, last] = [index, size - 1];
  let node = await sha256(LEAF, entry);
  for (const step of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      node = await sha256(NODE, step, node);
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else node = await sha256(NODE, node, step);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? node : null;
}

export async function isIncluded(it: Inclusion, root: Octets): Promise<boolean> {
  const reached = await rootOf(it);
  return reached !== null && equal(reached, root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
