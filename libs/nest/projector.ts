/**
 * The projector: keeps the views behind the log. It builds them where there are none, follows the log, and heals them:
 * a view database that was deleted, replaced or broken while it served is made anew from the log.
 */
import { type EventStore, isEventStoreError } from '#libs/event-store/event-store.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { BATCH_MAX, Projection, rebuild } from '#libs/views/projection.ts';
import type { FactOf } from '#libs/views/told.ts';
import { type Progress, type ViewPlace, type ViewStore, ViewsAway, ViewsFenced } from '#libs/views/view-store.ts';
import { Idle } from './idle.ts';
import { Reached } from './reached.ts';
import type { Closable, ViewKeeper, ViewState } from './view-keeper.ts';
import { Words } from './words.ts';

export interface ProjectorParts<Reading extends Closable> {
  readonly store: EventStore;
  readonly place: ViewPlace;
  readonly openReading: (file: string) => Promise<Reading>;
  /** A line for whoever watches. */
  readonly say?: (line: string) => void;
}

/** How often an idle projector looks whether its file is still there. */
const LOOK_EVERY_MS = 500;
/** Healed this often without anything told in between, the fault is not in the file. */
const HEALS_MAX = 5;
const SAY_EVERY = 100_000;

interface Following {
  readonly projection: Projection;
  readonly words: Words;
  readonly healing: AbortSignal;
}

/** Somebody took them away in the moment in which they were put there. */
class ViewsNotThere extends Error {}

export class Projector<Reading extends Closable> implements ViewKeeper<Reading> {
  readonly #parts: ProjectorParts<Reading>;
  readonly #stop = new AbortController();
  readonly #waiting = new Reached();
  #state: ViewState = { is: 'rebuilding', position: null, events: 0, head: null };
  #serving: { readonly reading: Reading; readonly identity: string | null; readonly heal: AbortController } | null =
    null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: ProjectorParts<Reading>) {
    this.#parts = parts;
  }

  get state(): ViewState {
    return this.#state;
  }

  /** Answers when the views have caught up for the first time. `failed` is told of what a rebuild cannot heal. */
  async start(failed: (error: unknown) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let started = false;
    const live = (): void => {
      started = true;
      resolve();
    };
    this.#running = this.#run(live).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return resolve();
      return started ? failed(error) : reject(error instanceof Error ? error : new Error(String(error)));
    });
    await promise;
  }

  /** What to read from; null while the views are made. Looks first whether the file is still the one that was opened. */
  reading(): Reading | null {
    this.#look();
    return this.#state.is === 'serving' ? (this.#serving?.reading ?? null) : null;
  }

  /** A reader found the views broken: they are made anew. */
  broken(): void {
    this.#serving?.heal.abort();
  }

  /** Answers when the views have seen the position; false after the time-out, or when they begin to be made anew. */
  reached(position: string | null, timeoutMs: number): Promise<boolean> {
    const { is, position: at } = this.#state;
    if (position === null || (is === 'serving' && at !== null && position <= at)) return Promise.resolve(true);
    return this.#waiting.wait(position, timeoutMs);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#serving?.heal.abort();
    await this.#running;
  }

  async #run(live: () => void): Promise<void> {
    const log = await this.#parts.store.identity();
    let [heals, anew] = [0, false];
    while (!this.#stop.signal.aborted) {
      try {
        const opened = anew ? null : await this.#open(log);
        const from = opened ?? (await this.#rebuild(log));
        if (from === null) return;
        anew = true;
        await this.#serve(log, from, () => {
          heals = 0;
          live();
        });
      } catch (error) {
        if (isEventStoreError(error) && error.code !== 'InvalidPosition') throw error;
        if (error instanceof ViewsFenced) throw error;
        if (error instanceof ViewsAway) {
          anew = false; // what stands there is not at fault
          await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
          continue;
        }
        heals += 1;
        if (heals > HEALS_MAX || !(anew || error instanceof ViewsNotThere)) throw error;
      }
    }
  }

  async #open(log: string): Promise<{ store: ViewStore; progress: Progress } | null> {
    const store = await this.#parts.place.open();
    if (store === null) return null;
    try {
      const progress = await store.progress(log);
      if (progress !== null) return { store, progress };
    } catch (error) {
      if (error instanceof ViewsAway) {
        await store.close();
        throw error;
      }
    }
    await store.close(); // of another log, or not to be read
    return null;
  }

  async #rebuild(log: string): Promise<{ store: ViewStore; progress: Progress } | null> {
    const { store, place, say } = this.#parts;
    const head = await store.head();
    const nothing = { is: 'rebuilding', position: null, events: 0, head } as const;
    this.#state = nothing;
    let told = 0;
    const progress = ({ position, events }: Progress): void => {
      this.#state = { ...nothing, position, events };
      if (events - told < SAY_EVERY) return;
      told = events;
      say?.(`views: ${events} events`);
    };
    const signal = this.#stop.signal;
    const events = store.readAll(head === null ? {} : { until: head });
    const done = await rebuild({ log, events, factOf: factIn(store), place, signal, progress });
    if (done === null) return null;
    if (told > 0) say?.(`views: made anew from ${done.events} events`);
    const opened = await this.#open(log);
    if (opened === null)
      throw new ViewsNotThere(
        'The views that were just made cannot be opened; look at the disk, or for who removes them.',
      );
    return opened;
  }

  /** Follows the log until the file is not what it was. Throws what the store or the file throws. */
  async #serve(log: string, { store, progress }: { store: ViewStore; progress: Progress }, live: () => void) {
    const heal = new AbortController();
    let reading: Reading | null = null;
    const timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    try {
      reading = await this.#parts.openReading(this.#parts.place.file);
      this.#serving = { reading, identity: this.#parts.place.identity(), heal };
      const projection = new Projection({ store, log, factOf: factIn(this.#parts.store), from: progress });
      const words = new Words(store, heal.signal);
      await this.#follow({ projection, words, healing: heal.signal }, () => {
        this.#advance(projection.progress.position);
        live();
      });
    } finally {
      clearInterval(timer);
      this.#serving = null;
      const head = this.#state.position;
      this.#state = { is: 'rebuilding', position: null, events: 0, head };
      await store.close();
      await reading?.$disconnect();
    }
  }

  async #follow({ projection, words, healing }: Following, live: () => void): Promise<void> {
    const broken = new AbortController();
    const signal = AbortSignal.any([healing, this.#stop.signal, broken.signal]);
    const deliveries = new Idle(this.#parts.store.subscribe({ after: projection.progress.position, signal }));
    let [batch, isLive]: [StoredEvent[], boolean] = [[], false];
    const give = async (): Promise<void> => {
      this.#look();
      if (signal.aborted || batch.length === 0) return;
      await projection.take(batch);
      if (isLive) await words.next(batch.length);
      batch = [];
      if (isLive) this.#advance(projection.progress.position);
    };
    const given = (): Promise<void> =>
      give().catch((error: unknown) => {
        broken.abort(); // else the subscription, which waits for news, would not let go
        throw error;
      });
    for await (const delivery of deliveries) {
      if (delivery === 'idle') {
        if (isLive) await given();
      } else if (delivery.kind === 'event') {
        if (batch.push(delivery.event) >= BATCH_MAX) await given();
      } else if (delivery.kind === 'live') {
        await give();
        isLive = true;
        await words.next(BATCH_MAX);
        live();
      }
    }
  }

  #advance(position: Position | null): void {
    this.#state = { is: 'serving', position };
    if (position !== null) this.#waiting.tell(position);
  }

  #look(): void {
    const serving = this.#serving;
    if (serving !== null && serving.identity !== this.#parts.place.identity()) serving.heal.abort();
    if (serving?.heal.signal.aborted === true && this.#state.is === 'serving')
      this.#state = { is: 'rebuilding', position: null, events: 0, head: this.#state.position };
  }
}

function factIn(store: Pick<EventStore, 'readStream'>): FactOf {
  return async (judgement) => {
    for await (const fact of store.readStream(judgement.stream, { from: judgement.revision - 1n, limit: 1 }))
      return fact;
    return null;
  };
}
