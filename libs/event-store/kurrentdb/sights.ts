/** What is remembered of the streams: their heads and where each id stands, so that an append is judged before it is sent. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import type { StreamSight } from '../admission.ts';

/** Ids remembered over all streams; the streams looked at longest ago are forgotten first and read again. */
const IDS_MAX = 200_000;

export interface Place {
  readonly revision: Revision;
  /** Null where the server did not say it: of an append it tells the last event's. */
  readonly position: Position | null;
}

/** A stream as it was seen: other processes may have gone on since. */
export class Sight implements StreamSight {
  readonly #places = new Map<string, Place>();
  #head: Revision | null = null;

  get head(): Revision | null {
    return this.#head;
  }

  get size(): number {
    return this.#places.size;
  }

  readonly revisionOf = (id: string): Revision | null => this.#places.get(id)?.revision ?? null;

  placeOf(id: string): Place | null {
    return this.#places.get(id) ?? null;
  }

  add({ id, revision, position }: Place & Pick<StoredEvent, 'id'>): void {
    this.#places.set(id, { revision, position });
    this.#head = revision;
  }
}

export class Sights {
  readonly #sights = new Map<string, Sight>();
  #ids = 0;

  get(stream: string): Sight | undefined {
    return this.#sights.get(stream);
  }

  set(stream: string, sight: Sight): void {
    this.forget(stream);
    this.#sights.set(stream, sight);
    this.#ids += sight.size + 1;
    for (const oldest of this.#sights.keys()) {
      if (this.#ids <= IDS_MAX || oldest === stream) return;
      this.forget(oldest);
    }
  }

  forget(stream: string): void {
    const sight = this.#sights.get(stream);
    if (sight === undefined) return;
    this.#sights.delete(stream);
    this.#ids -= sight.size + 1;
  }

  clear(): void {
    this.#sights.clear();
    this.#ids = 0;
  }
}
