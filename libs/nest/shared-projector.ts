/**
 * The views of several processes in one database: one of them writes, whoever holds the lease of it, and all of them read. Each
 * looks how far the views are, whenever it is told that there is more and now and then besides.
 */
import type { EventStore } from '#libs/event-store/event-store.ts';
import { whileHolding } from '#libs/event-store/holding.ts';
import type { Held, Leases } from '#libs/event-store/leases.ts';
import { type Progress, type ViewPlace, ViewsFenced } from '#libs/views/view-store.ts';
import { Projector } from './projector.ts';
import { Reached } from './reached.ts';
import type { Closable, ViewKeeper, ViewState } from './view-keeper.ts';

/** A view database that several processes reach. */
export interface SharedViews<Reading extends Closable> {
  /** Names the views of this code. */
  readonly name: string;
  readonly leases: Pick<Leases, 'take' | 'keep' | 'release' | 'close'>;
  /** Where whoever holds the lease in this epoch writes. */
  readonly placeFor: (held: Held) => ViewPlace;
  readonly openReading: () => Promise<Reading>;
  /** How far the views of this log are; null while there are none, rejects while the server is away. */
  readonly progress: (log: string) => Promise<Progress | null>;
  /** Calls whenever there may be more; gives the way to stop. */
  readonly listen: (told: () => void) => () => Promise<void>;
}

export interface SharedProjectorParts<Reading extends Closable> {
  readonly store: EventStore;
  readonly views: SharedViews<Reading>;
  readonly say?: (line: string) => void;
}

const LOOK_EVERY_MS = 500;
/** Nobody reads through the one who writes. */
const NO_READING: Closable = { $disconnect: () => Promise.resolve() };

export class SharedProjector<Reading extends Closable> implements ViewKeeper<Reading> {
  readonly #parts: SharedProjectorParts<Reading>;
  readonly #stop = new AbortController();
  readonly #waiting = new Reached();
  #state: ViewState = { is: 'rebuilding', position: null, events: 0, head: null };
  #reading: Reading | null = null;
  /** Here, while this process writes. */
  #writer: Projector<Closable> | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #ends: (() => Promise<unknown>)[] = [];

  constructor(parts: SharedProjectorParts<Reading>) {
    this.#parts = parts;
  }

  get state(): ViewState {
    const writing = this.#writer?.state;
    return this.#state.is === 'rebuilding' && writing?.is === 'rebuilding' ? writing : this.#state;
  }

  /** Whether this process is the one that writes. */
  get writes(): boolean {
    return this.#writer !== null;
  }

  async start(failed: (error: unknown) => void): Promise<void> {
    const { store, views } = this.#parts;
    const [log, head] = [await store.identity(), await store.head()];
    this.#reading = await views.openReading();
    const signal = this.#stop.signal;
    const look = (): void => this.#look(log);
    const timer = setInterval(look, LOOK_EVERY_MS);
    const deaf = views.listen(look);
    const { promise: failing, reject } = Promise.withResolvers<never>();
    const run = (held: Held, until: AbortSignal): Promise<void> => this.#write(held, until);
    const writing = whileHolding({ leases: views.leases, lease: views.name, signal, run }).catch((error: unknown) => {
      if (signal.aborted) return;
      reject(error instanceof Error ? error : new Error(String(error)));
      if (this.#state.is === 'serving') failed(error);
    });
    failing.catch(() => undefined); // told by `failed` once it serves
    this.#ends = [deaf, () => writing, () => views.leases.close()];
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    look();
    await Promise.race([this.#caughtUp(head), failing]);
  }

  reading(): Reading | null {
    return this.#state.is === 'serving' ? this.#reading : null;
  }

  broken(): void {
    this.#state = { is: 'rebuilding', position: null, events: 0, head: null };
    this.#writer?.broken();
  }

  reached(position: string | null, timeoutMs: number): Promise<boolean> {
    const { is, position: at } = this.#state;
    if (position === null || (is === 'serving' && at !== null && position <= at)) return Promise.resolve(true);
    return this.#waiting.wait(position, timeoutMs);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#writer?.close();
    for (const end of this.#ends) await end();
    await this.#looking;
    await this.#reading?.$disconnect();
  }

  /** Until this process is stopped or another one writes. Rejects with what a rebuild cannot heal. */
  async #write(held: Held, signal: AbortSignal): Promise<void> {
    const { store, views, say } = this.#parts;
    const place = views.placeFor(held);
    const openReading = () => Promise.resolve(NO_READING);
    const writer = new Projector({ store, place, openReading, ...(say === undefined ? {} : { say }) });
    const { promise: failing, reject } = Promise.withResolvers<never>();
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#writer = writer;
    try {
      await Promise.race([writer.start(reject), ended]);
      await Promise.race([ended, failing]);
    } catch (error) {
      if (!(error instanceof ViewsFenced)) throw error; // else the lease is another's, which is seen soon
    } finally {
      this.#writer = null;
      await writer.close();
    }
  }

  /** One look at a time; what is told meanwhile is looked at behind it. */
  #look(log: string): void {
    this.#again = this.#looking !== null;
    this.#looking ??= this.#lookNow(log).finally(() => {
      this.#looking = null;
      if (this.#again && !this.#stop.signal.aborted) this.#look(log);
    });
  }

  async #lookNow(log: string): Promise<void> {
    const progress = await this.#parts.views.progress(log).catch(() => undefined); // the server is away: it is looked again
    if (progress === undefined) return;
    if (progress === null) {
      if (this.#writer?.state.is === 'serving') this.#writer.broken();
      if (this.#state.is === 'serving') this.#state = { is: 'rebuilding', position: null, events: 0, head: null };
      return;
    }
    this.#state = { is: 'serving', position: progress.position };
    this.#waiting.tell(progress.position ?? '');
  }

  async #caughtUp(head: string | null): Promise<void> {
    while (
      !this.#stop.signal.aborted &&
      !(this.#state.is === 'serving' && (this.#state.position ?? '') >= (head ?? ''))
    )
      await this.#waiting.wait(head ?? '', LOOK_EVERY_MS);
  }
}
