/**
 * A durable follower: gives every event to its handler, in log order, and remembers how far it got.
 * After a crash the event in hand is given again, so a handler derives the ids of what it does from its cause.
 */
import type { EventStore } from '#libs/event-store/event-store.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';

/** Where a follower keeps its place; `save` is durable before it returns. */
export interface Place {
  /** Null where it never got anywhere. Throws when it was kept for another log. */
  readonly load: (log: string) => Promise<Position | null>;
  readonly save: (log: string, position: Position) => Promise<void>;
}

export interface Following {
  readonly store: EventStore;
  readonly place: Place;
  readonly typePrefixes: readonly string[];
  readonly handle: (event: StoredEvent) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Follows until the signal; rejects when the handler or the store fails, and can then be called again. */
export async function follow(it: Following): Promise<void> {
  const log = await it.store.identity();
  const filter = { typePrefixes: it.typePrefixes };
  for await (const delivery of it.store.subscribe({ after: await it.place.load(log), filter, signal: it.signal })) {
    if (delivery.kind !== 'event') continue;
    await it.handle(delivery.event);
    await it.place.save(log, delivery.event.position);
  }
}
