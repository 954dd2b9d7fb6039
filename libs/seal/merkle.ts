/** The Merkle tree of the seal (RFC 6962 §2.1): it only grows, and any of its earlier sizes can still be proven. */
import { type Node, hashOfNothing, leafNode, octetsOf, parent } from './merkle-node.ts';

export class MerkleTree {
  /** `#levels[k][i]` is the hash of the 2^k leaves from i·2^k, as soon as all of them are there. */
  readonly #levels: Node[][] = [[]];

  get size(): number {
    return this.#level(0).length;
  }

  /** Adds a leaf for the entry; one to log2(size) hashes. */
  append(entry: Uint8Array): void {
    let node = leafNode(entry);
    for (let height = 0; ; height += 1) {
      const level = this.#level(height);
      level.push(node);
      if (level.length % 2 === 1) return;
      node = parent(level[level.length - 2] ?? '', node);
    }
  }

  /** Root of the first `size` leaves, 32 octets; of none it is SHA-256 of nothing. Throws RangeError past the end. */
  root(size: number = this.size): Uint8Array {
    this.#require(size, 0);
    return octetsOf(size === 0 ? hashOfNothing() : this.#range(0, size));
  }

  /** The audit path of RFC 6962 §2.1.1, nearest sibling first. Throws RangeError unless index < size <= this.size. */
  inclusionProof(index: number, size: number = this.size): readonly Uint8Array[] {
    this.#require(size, 1);
    if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('no such leaf in this tree');
    return this.#path(index, 0, size).map(octetsOf);
  }

  /** Hashes of the whole subtrees of 2^height leaves from the one at `from` to before `to`, one behind the other. */
  nodes(height: number, from: number, to: number): Uint8Array {
    const nodes = this.#levels[height]?.slice(from, to) ?? [];
    if (nodes.length !== to - from) throw new RangeError('the tree has no such nodes');
    return octetsOf(nodes.join(''));
  }

  /** The consistency proof of RFC 6962 §2.1.2. Throws RangeError unless 1 <= oldSize <= newSize <= this.size. */
  consistencyProof(oldSize: number, newSize: number = this.size): readonly Uint8Array[] {
    this.#require(newSize, 1);
    if (!Number.isSafeInteger(oldSize) || oldSize < 1 || oldSize > newSize)
      throw new RangeError('consistency is proven from a size of at least 1 to a greater one');
    return this.#subproof({ old: oldSize, start: 0, size: newSize, whole: true }).map(octetsOf);
  }

  #level(height: number): Node[] {
    const level = this.#levels[height] ?? [];
    this.#levels[height] = level;
    return level;
  }

  #require(size: number, least: number): void {
    if (!Number.isSafeInteger(size) || size < least || size > this.size)
      throw new RangeError('the tree never had this size');
  }

  /** The hash of `size` leaves from `start`, which is a multiple of the smallest power of two not below `size`. */
  #range(start: number, size: number): Node {
    const height = Math.log2(size);
    const whole = Number.isInteger(height) ? this.#levels[height]?.[start / size] : undefined;
    if (whole !== undefined) return whole;
    const left = split(size);
    return parent(this.#range(start, left), this.#range(start + left, size - left));
  }

  #path(index: number, start: number, size: number): Node[] {
    if (size === 1) return [];
    const left = split(size);
    return index < left
      ? [...this.#path(index, start, left), this.#range(start + left, size - left)]
      : [...this.#path(index - left, start + left, size - left), this.#range(start, left)];
  }

  #subproof(ask: { old: number; start: number; size: number; whole: boolean }): Node[] {
    const { old, start, size, whole } = ask;
    if (old === size) return whole ? [] : [this.#range(start, size)];
    const left = split(size);
    return old <= left
      ? [...this.#subproof({ old, start, size: left, whole }), this.#range(start + left, size - left)]
      : [
          ...this.#subproof({ old: old - left, start: start + left, size: size - left, whole: false }),
          this.#range(start, left),
        ];
  }
}

/** The largest power of two below `size` (size >= 2). */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
