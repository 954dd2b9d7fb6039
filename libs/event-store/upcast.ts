/**
 * Upcasting: an event stored in an earlier version of its type is read as the version of today. Above the port, on read, and
 * pure; stored bytes are never rewritten, and what is sealed and verified is the event as it is stored.
 */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import type {
  AppendRequest,
  Appended,
  Call,
  Capabilities,
  Delivery,
  EventStore,
  ReadAll,
  ReadStream,
  Subscribe,
} from './event-store.ts';
import type { LogReader } from './log-reader.ts';

/** Gives the data of the next version; from the event alone, the same each time. */
export type Upcaster = (event: StoredEvent) => unknown;

/** Of each type that has more than one version: the step from 1 to 2 first, then from 2 to 3. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/** The event as today's version of its type; itself where it is that already. */
export function upcast(upcasters: Upcasters, event: StoredEvent): StoredEvent {
  const steps = Object.hasOwn(upcasters, event.type) ? (upcasters[event.type] ?? []) : [];
  return steps
    .slice(event.schemaVersion - 1)
    .reduce((before, step) => ({ ...before, schemaVersion: before.schemaVersion + 1, data: step(before) }), event);
}

async function* upcastEach(upcasters: Upcasters, events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
  for await (const event of events) yield upcast(upcasters, event);
}

/** A reader whose events are today's; its rows, for a verifier, stay as they are stored. */
export function upcastingReader(upcasters: Upcasters, reader: LogReader): LogReader {
  return {
    identity: () => reader.identity(),
    head: () => reader.head(),
    streamHead: (stream) => reader.streamHead(stream),
    readStream: (stream, options) => upcastEach(upcasters, reader.readStream(stream, options)),
    readAll: (options) => upcastEach(upcasters, reader.readAll(options)),
    rows: () => reader.rows(),
    alterations: () => reader.alterations(),
    close: () => reader.close(),
  };
}

/** A store whose readers get today's events. The seal must not read through it. */
export class UpcastingStore implements EventStore {
  readonly #upcasters: Upcasters;
  readonly #store: EventStore;

  constructor(upcasters: Upcasters, store: EventStore) {
    this.#upcasters = upcasters;
    this.#store = store;
  }

  get capabilities(): Capabilities {
    return this.#store.capabilities;
  }

  identity(call?: Call): Promise<string> {
    return this.#store.identity(call);
  }

  append(request: AppendRequest, call?: Call): Promise<Appended> {
    return this.#store.append(request, call);
  }

  appendAtomically(requests: readonly AppendRequest[], call?: Call): Promise<readonly Appended[]> {
    return this.#store.appendAtomically(requests, call);
  }

  streamHead(stream: string, call?: Call): Promise<Revision | null> {
    return this.#store.streamHead(stream, call);
  }

  head(call?: Call): Promise<Position | null> {
    return this.#store.head(call);
  }

  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent> {
    return upcastEach(this.#upcasters, this.#store.readStream(stream, options));
  }

  readAll(options?: ReadAll): AsyncIterable<StoredEvent> {
    return upcastEach(this.#upcasters, this.#store.readAll(options));
  }

  async *subscribe(options: Subscribe): AsyncGenerator<Delivery, void, undefined> {
    for await (const delivery of this.#store.subscribe(options))
      yield delivery.kind === 'event' ? { kind: 'event', event: upcast(this.#upcasters, delivery.event) } : delivery;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
