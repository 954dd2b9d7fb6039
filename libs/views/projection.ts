/** Projection: tells the log to every view, batch by batch, and writes what comes of it together with the position. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { changesOf, concerning, wantedBy } from './fold.ts';
import { type FactOf, type Told, Teller } from './told.ts';
import type { View } from './view.ts';
import type { Progress, ViewPlace, ViewStore } from './view-store.ts';
import { VIEWS } from './views.ts';

/** Events told together: enough that a statement is worth it, few enough that nobody waits. */
export const BATCH_MAX = 2000;
/** While all is told anew: fewer, whose objects are gone before the collector moves them. */
const REBUILT_TOGETHER = 500;

export interface ProjectionParts {
  readonly store: ViewStore;
  /** Identity of the log. */
  readonly log: string;
  readonly factOf: FactOf;
  readonly from: Progress;
  readonly views?: readonly View[];
}

export class Projection {
  readonly #parts: ProjectionParts;
  readonly #views: readonly View[];
  readonly #teller: Teller;
  #progress: Progress;

  constructor(parts: ProjectionParts) {
    this.#parts = parts;
    this.#views = parts.views ?? VIEWS;
    this.#teller = new Teller(parts.factOf, parts.from.events);
    this.#progress = parts.from;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Events in log order, behind those before. After a failure the projection is of no more use: begin again from the store. */
  async take(events: readonly StoredEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    const batch: Told[] = [];
    for (const event of events) {
      const told = this.#teller.tell(event);
      batch.push('then' in told ? await told : told);
    }
    const changes = [];
    for (const view of this.#views) {
      const told = concerning(view, batch);
      if (told.length === 0) continue;
      changes.push(changesOf(view, told, await this.#parts.store.load(view, wantedBy(view, told))));
    }
    const progress = { position: last.position, events: this.#progress.events + events.length };
    await this.#parts.store.write(this.#parts.log, changes, progress);
    this.#progress = progress;
  }
}

export interface Rebuilding {
  readonly log: string;
  /** All there is, in log order. */
  readonly events: AsyncIterable<StoredEvent>;
  readonly factOf: FactOf;
  readonly place: ViewPlace;
  /** All of them, unless it is measured what one costs. */
  readonly views?: readonly View[];
  readonly signal?: AbortSignal;
  /** Told after every batch. */
  readonly progress?: (progress: Progress) => void;
}

/** Makes the views anew beside those that are there, and switches to them. Answers how far they came, null after an abort. */
export async function rebuild(it: Rebuilding): Promise<Progress | null> {
  const store = await it.place.begin();
  try {
    const from = { position: null, events: 0 };
    const projection = new Projection({ store, log: it.log, factOf: it.factOf, from, views: it.views ?? VIEWS });
    let batch: StoredEvent[] = [];
    const give = async (): Promise<void> => {
      await projection.take(batch);
      batch = [];
      it.progress?.(projection.progress);
      await new Promise((resolve) => setImmediate(resolve)); // others of this process have their turn
    };
    for await (const event of it.events) {
      if (it.signal?.aborted === true) return null;
      if (batch.push(event) >= REBUILT_TOGETHER) await give();
    }
    await give();
    if (projection.progress.events === 0) await store.write(it.log, [], from);
    await store.finish();
    await store.close();
    await it.place.switchTo();
    return projection.progress;
  } finally {
    await store.close();
  }
}
