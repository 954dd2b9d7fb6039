/** A token bucket for each caller: a burst at once, and then so many questions a second. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Limits } from './limits.ts';

interface Bucket {
  readonly left: number;
  /** Milliseconds of the process, monotone. */
  readonly at: number;
}

/** More callers than this are forgotten, those first who asked longest ago. */
const CALLERS_MAX = 10_000;

export interface Slowdown {
  readonly refusal: Refusal;
  /** Seconds until it is worth asking again. */
  readonly retryAfter: number;
}

export class Rate {
  readonly #limits: Pick<Limits, 'burst' | 'perSecond'>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: Pick<Limits, 'burst' | 'perSecond'>) {
    this.#limits = limits;
  }

  /** Takes one of the caller's tokens, or says RATE_LIMITED. `now` in milliseconds. */
  take(caller: string, now: number): Slowdown | null {
    const { burst, perSecond } = this.#limits;
    const before = this.#buckets.get(caller) ?? { left: burst, at: now };
    const left = Math.min(burst, before.left + ((now - before.at) / 1000) * perSecond);
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { left: Math.max(0, left - 1), at: now });
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= CALLERS_MAX) break;
      this.#buckets.delete(oldest);
    }
    if (left >= 1) return null;
    const retryAfter = Math.ceil((1 - left) / perSecond);
    const refusal = refuse('RATE_LIMITED', `Too many questions at once; ask again in ${retryAfter} s, and fewer.`);
    return { refusal, retryAfter };
  }
}
