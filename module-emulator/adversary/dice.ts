/** Seeded chance for attackers: what they alter, when and how often, and again the same with the same seed. */
import { utf8 } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';

export class Dice {
  readonly #seed: string;
  #rolls = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  octets(): Uint8Array {
    this.#rolls += 1;
    return sha256(utf8(`${this.#seed} ${this.#rolls}`));
  }

  /** From 0 to below `count`. */
  below(count: number): number {
    return Buffer.from(this.octets()).readUInt32BE() % count;
  }

  /** One of them. Throws RangeError where there is none. */
  pick<T>(all: readonly T[]): T {
    const [one] = all.slice(this.below(Math.max(1, all.length)));
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }

  /** The octets with one bit turned. */
  bitTurned(octets: Uint8Array): Uint8Array {
    const turned = Uint8Array.from(octets);
    const at = this.below(octets.length);
    turned[at] = (turned[at] ?? 0) ^ (1 << this.below(8));
    return turned;
  }
}
