/** The log as whoever appends sees it: the same, and every append measured. */
import type {
  AppendRequest,
  Appended,
  Call,
  EventStore,
  ReadAll,
  ReadStream,
  Subscribe,
} from '#libs/event-store/event-store.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { monotonicMs } from '#libs/kernel/clock.ts';

/** Wraps an append; told how long it took, seconds. */
export type AroundAppend = <T>(append: () => Promise<T>) => Promise<T>;

export function measuring(told: (seconds: number) => void): AroundAppend {
  return async (append) => {
    const since = monotonicMs();
    try {
      return await append();
    } finally {
      told((monotonicMs() - since) / 1000);
    }
  };
}

export class WatchedStore implements EventStore {
  readonly #store: EventStore;
  readonly #around: AroundAppend;

  constructor(store: EventStore, around: AroundAppend) {
    this.#store = store;
    this.#around = around;
  }

  get capabilities(): EventStore['capabilities'] {
    return this.#store.capabilities;
  }

  append(request: AppendRequest, call?: Call): Promise<Appended> {
    return this.#around(() => this.#store.append(request, call));
  }

  appendAtomically(requests: readonly AppendRequest[], call?: Call): Promise<readonly Appended[]> {
    return this.#around(() => this.#store.appendAtomically(requests, call));
  }

  identity(call?: Call): ReturnType<EventStore['identity']> {
    return this.#store.identity(call);
  }

  streamHead(stream: string, call?: Call): ReturnType<EventStore['streamHead']> {
    return this.#store.streamHead(stream, call);
  }

  head(call?: Call): ReturnType<EventStore['head']> {
    return this.#store.head(call);
  }

  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent> {
    return this.#store.readStream(stream, options);
  }

  readAll(options?: ReadAll): AsyncIterable<StoredEvent> {
    return this.#store.readAll(options);
  }

  subscribe(options: Subscribe): ReturnType<EventStore['subscribe']> {
    return this.#store.subscribe(options);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
