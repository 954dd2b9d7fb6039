/** When the record reached which length: so it is known how long a follower has been behind it, not only how far. */
import { monotonicMs } from '#libs/kernel/clock.ts';

interface Mark {
  readonly events: number;
  readonly atMs: number;
}

const EVERY_MS = 1000;
const MARKS_MAX = 600;

export class Pace {
  readonly #marks: Mark[] = [];
  #newest: Mark = { events: 0, atMs: 0 };

  /** The record has this many events now. */
  note(events: number, atMs = monotonicMs()): void {
    const last = this.#marks.at(-1);
    this.#newest = { events, atMs };
    if (last !== undefined && atMs - last.atMs < EVERY_MS) return;
    this.#marks.push(this.#newest);
    if (this.#marks.length > MARKS_MAX) this.#marks.shift();
  }

  /** Milliseconds for which the record has been longer than this, to within a second; 0 where it is not. */
  behindMs(reached: number, nowMs = monotonicMs()): number {
    if (this.#newest.events <= reached) return 0;
    const passed = this.#marks.find(({ events }) => events > reached) ?? this.#newest;
    return nowMs - passed.atMs;
  }
}
