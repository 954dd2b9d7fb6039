/**
 * How often somebody may try to sign in, counted by the address he calls from. A credential is a key and not a word, so
 * nobody guesses it; what is limited is the work and the record that a caller can cause. Nobody can lock out another address.
 */
import { monotonicMs } from '#libs/kernel/clock.ts';

const WINDOW_MS = 60_000;
/** Addresses told apart; beyond it the oldest is forgotten. */
const ADDRESSES_MAX = 1000;

export const ATTEMPTS_MAX = { failed: 20, all: 120 } as const;

interface Count {
  readonly since: number;
  failed: number;
  all: number;
}

export class Attempts {
  readonly #counts = new Map<string, Count>();

  /** Whether one more may be judged; counts it. */
  admit(address: string, nowMs: number = monotonicMs()): boolean {
    const known = this.#counts.get(address);
    const count = known !== undefined && nowMs - known.since < WINDOW_MS ? known : { since: nowMs, failed: 0, all: 0 };
    if (count !== known) this.#keep(address, count);
    count.all += 1;
    return count.all <= ATTEMPTS_MAX.all && count.failed < ATTEMPTS_MAX.failed;
  }

  failed(address: string): void {
    const count = this.#counts.get(address);
    if (count !== undefined) count.failed += 1;
  }

  #keep(address: string, count: Count): void {
    this.#counts.delete(address);
    this.#counts.set(address, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > ADDRESSES_MAX && oldest !== undefined) this.#counts.delete(oldest);
  }
}
