/**
 * Refusals of callers without a credential: anybody can cause them, so they must not fill the log. The first of a minute
 * for each operation and code is recorded; the next recorded one says how many stood between.
 */
import { monotonicMs } from '#libs/kernel/clock.ts';

const WINDOW_MS = 60_000;
/** Kinds of refusals that are told apart; beyond it the oldest is forgotten. */
const KINDS_MAX = 500;

interface Kind {
  readonly since: number;
  readonly unrecorded: number;
}

export class Strangers {
  readonly #kinds = new Map<string, Kind>();

  /** How many were not recorded since the last one that was; null when this one is not to be recorded either. */
  admit(operation: string, code: string, nowMs: number = monotonicMs()): number | null {
    const name = `${operation} ${code}`;
    const kind = this.#kinds.get(name);
    if (kind !== undefined && nowMs - kind.since < WINDOW_MS) {
      this.#kinds.set(name, { since: kind.since, unrecorded: kind.unrecorded + 1 });
      return null;
    }
    this.#kinds.delete(name);
    this.#kinds.set(name, { since: nowMs, unrecorded: 0 });
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size > KINDS_MAX && oldest !== undefined) this.#kinds.delete(oldest);
    return kind?.unrecorded ?? 0;
  }
}
