/** A live subscription over an engine: catch up page by page, say `live` once, then wait for the bell. */
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import type { Delivery, Filter, Subscribe } from './event-store.ts';

/** Some matching events after a position, and how far was looked: events beyond `to` may exist. */
export interface Page {
  readonly events: readonly StoredEvent[];
  readonly to: Position | null;
  /** Whether the log ended at `to`. */
  readonly atHead: boolean;
}

export interface Followed {
  /** Throws when the store is closed or `after` is no position of the log. */
  readonly page: (after: Position | null, filter: Filter | undefined) => Page | Promise<Page>;
  readonly bell: Bell;
}

/** Rings when something was stored or the store closes. It counts, so that a ring between look and wait is not lost. */
export class Bell {
  #rung = 0;
  readonly #waiting = new Set<() => void>();

  get rung(): number {
    return this.#rung;
  }

  ring(): void {
    this.#rung += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Answers after a ring later than `seen`, or at the abort. */
  async after(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#rung !== seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

export async function* follow(followed: Followed, options: Subscribe): AsyncGenerator<Delivery, void, undefined> {
  const { signal, filter } = options;
  let after = options.after;
  let live = false;
  const ended = () => signal.aborted;
  while (!ended()) {
    const seen = followed.bell.rung;
    const { events, to, atHead } = await followed.page(after, filter);
    if (ended()) return;
    for (const event of events) {
      yield { kind: 'event', event };
      if (ended()) return;
      after = event.position;
    }
    if (to !== null && to !== after) {
      after = to;
      yield { kind: 'checkpoint', position: to };
    }
    if (!atHead) continue;
    if (!live) {
      live = true;
      yield { kind: 'live', position: after };
    }
    await followed.bell.after(seen, signal);
  }
}
