/** What the sequencer remembers of the streams: their heads, and what the group in hand adds to them before it is stored. */
import type { Revision } from '#libs/kernel/event.ts';
import type { AdmittedRequest } from '../admission.ts';

/** Streams remembered; the ones written longest ago are forgotten first and asked for again. */
const REMEMBERED_MAX = 200_000;

/** Heads of streams as of the tip. Null: the stream was looked for and has no event. */
export class Heads {
  readonly #heads = new Map<string, Revision | null>();

  get(stream: string): Revision | null | undefined {
    return this.#heads.get(stream);
  }

  set(stream: string, head: Revision | null): void {
    this.#heads.delete(stream);
    this.#heads.set(stream, head);
    if (this.#heads.size <= REMEMBERED_MAX) return;
    for (const oldest of this.#heads.keys()) {
      this.#heads.delete(oldest);
      return;
    }
  }

  forget(): void {
    this.#heads.clear();
  }
}

/** Where an event stands. */
export interface Place {
  readonly revision: Revision;
  readonly number: number;
}

/** A group while it is put together: heads that rise, and ids that are taken. */
export class Draft {
  readonly heads = new Map<string, Revision | null>();
  /** When its last event is recorded; nothing is placed behind it with an earlier time. Empty: times are as they are given. */
  recordedAt: string;
  readonly #places = new Map<string, Place>();

  constructor(recordedAt: string) {
    this.recordedAt = recordedAt;
  }

  /** Null where the id does not stand in the stream. */
  placeOf(stream: string, id: string): Place | null {
    return this.#places.get(`${id} ${stream}`) ?? null;
  }

  stands(stream: string, id: string, place: Place): void {
    this.#places.set(`${id} ${stream}`, place);
  }

  /** What must be given back when one of several requests of one append does not fit. */
  undo(requests: readonly AdmittedRequest[]): () => void {
    const before = requests.map(({ stream }) => [stream, this.heads.get(stream)] as const);
    const absent = requests.flatMap(({ stream, events }) =>
      events.map(({ event }) => `${event.id} ${stream}`).filter((key) => !this.#places.has(key)),
    );
    const { recordedAt } = this;
    return () => {
      this.recordedAt = recordedAt;
      for (const [stream, head] of before) {
        if (head === undefined) this.heads.delete(stream);
        else this.heads.set(stream, head);
      }
      for (const key of absent) this.#places.delete(key);
    };
  }
}
