/** What an auditor needs: checking a Merkle proof with nothing but the proof, two sizes and two roots. */
import { nodeOf, parent } from './merkle-node.ts';

const OCTETS = 32;

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether the leaf stands at the index of the tree with this size and root (RFC 9162 §2.1.3.2). Never throws. */
export function verifyInclusion(it: Inclusion): boolean {
  const { index, size, proof } = it;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areHashes([it.leafHash, it.root, ...proof.slice(0, PROOF_MAX)]) || proof.length > PROOF_MAX) return false;
  let [place, last] = [index, size - 1];
  let node = nodeOf(it.leafHash);
  for (const step of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      node = parent(nodeOf(step), node);
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else node = parent(node, nodeOf(step));
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && node === nodeOf(it.root);
}

export interface Consistency {
  readonly oldSize: number;
  readonly newSize: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Whether the greater tree begins with the smaller one (RFC 9162 §2.1.4.2). From size 0 anything would be
 * consistent, so that is refused. Never throws.
 */
export function verifyConsistency(it: Consistency): boolean {
  const { oldSize, newSize, proof } = it;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize < 1 || oldSize > newSize) return false;
  if (!areHashes([it.oldRoot, it.newRoot, ...proof.slice(0, PROOF_MAX)]) || proof.length > PROOF_MAX) return false;
  const oldRoot = nodeOf(it.oldRoot);
  if (oldSize === newSize) return proof.length === 0 && oldRoot === nodeOf(it.newRoot);
  let [place, last] = [oldSize - 1, newSize - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  const steps = proof.map(nodeOf);
  const seed = place === 0 ? oldRoot : steps.shift();
  if (seed === undefined) return false;
  let [older, newer] = [seed, seed];
  for (const step of steps) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [older, newer] = [parent(step, older), parent(step, newer)];
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else newer = parent(newer, step);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && older === oldRoot && newer === nodeOf(it.newRoot);
}

/** A path has one node per level, a consistency proof at most one more; 2^53 leaves are 53 levels. */
const PROOF_MAX = 64;

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(all: readonly Uint8Array[]): boolean {
  return all.every((one) => one.length === OCTETS);
}
