/** The engine on a KurrentDB server or cluster: a stream is a stream, the order is that of the server, positions merely rise. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { admit, admitAll } from '../admission.ts';
import { begin } from '../call.ts';
import {
  type AppendRequest,
  type Appended,
  type Call,
  type Capabilities,
  type Delivery,
  type EventStore,
  EventStoreError,
  type Filter,
  type ReadAll,
  type ReadStream,
  type Subscribe,
  isEventStoreError,
} from '../event-store.ts';
import { Bell, type Page, follow } from '../follow.ts';
import type { KurrentAddress } from './address.ts';
import { identityIn, requireWriter } from './founded.ts';
import { KurrentLink } from './link.ts';
import { KurrentListener } from './listener.ts';
import { KurrentReads } from './reads.ts';
import { KurrentWriter } from './writer.ts';

export interface KurrentOptions {
  /** How long a call may take whose caller names no time, milliseconds. */
  readonly callMs?: number;
  /** Takes an administrator for a writer: for tests on a server whose users are not ours. */
  readonly trusted?: boolean;
}

const CALL_MS = 10_000;
const RECONNECT_MS = 250;

/** Opens a log as its writing user. Throws Unavailable, AccessDenied, Corrupt or Unsupported, each one sentence. */
export async function openKurrentStore(
  address: KurrentAddress,
  { callMs = CALL_MS, trusted = false }: KurrentOptions = {},
): Promise<KurrentEventStore> {
  const link = new KurrentLink(address, callMs);
  try {
    const store = new KurrentEventStore(link);
    await store.identity();
    if (!trusted) await requireWriter(link);
    return store;
  } catch (error) {
    await link.close();
    throw error;
  }
}

export class KurrentEventStore implements EventStore {
  /** An administrator of the server may delete; the seal shows it. */
  readonly capabilities: Capabilities = { atomicMultiStream: false, dedupe: 'durable', immutability: 'detected' };
  readonly #link: KurrentLink;
  readonly #reads: KurrentReads;
  readonly #writer: KurrentWriter;
  readonly #bell = new Bell();
  readonly #listener: KurrentListener;
  #closing: Promise<void> | null = null;

  constructor(link: KurrentLink) {
    const committed = (): void => this.#bell.ring();
    this.#link = link;
    this.#reads = new KurrentReads(link);
    this.#writer = new KurrentWriter({ link, reads: this.#reads, committed });
    this.#listener = new KurrentListener(link, committed);
  }

  async identity(call: Call = {}): Promise<string> {
    this.#begin(call);
    return identityIn(await this.#reads.founded(call), this.#link.place.log);
  }

  async append(request: AppendRequest, call: Call = {}): Promise<Appended> {
    this.#begin(call);
    return this.#writer.add(admit(request), call);
  }

  /** KurrentDB before 25.1 keeps one stream at a time; what is promised is only what every version can. */
  async appendAtomically(requests: readonly AppendRequest[], call: Call = {}): Promise<readonly Appended[]> {
    this.#begin(call);
    const [only, ...others] = admitAll(requests);
    if (only === undefined) return [];
    if (others.length > 0)
      throw new EventStoreError('Unsupported', 'This engine appends to one stream at a time; nothing was stored.');
    return [await this.#writer.add(only, call)];
  }

  async streamHead(stream: string, call: Call = {}): Promise<Revision | null> {
    this.#begin(call);
    return this.#reads.streamHead(stream, call);
  }

  async head(call: Call = {}): Promise<Position | null> {
    this.#begin(call);
    return this.#reads.head(call);
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.#guarded(options, () => this.#reads.readStream(stream, options));
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.#guarded(options, () => this.#reads.readAll(options));
  }

  subscribe(options: Subscribe): AsyncIterable<Delivery> {
    const page = (after: Position | null, filter: Filter | undefined): Promise<Page> =>
      this.#pageThroughBreaks(after, filter, options.signal);
    return this.#listener.listening(follow({ page, bell: this.#bell }, options));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#bell.ring();
    await this.#writer.drained();
    this.#listener.stop();
    await this.#link.close();
  }

  /** A subscription outlives its connection: while the server is away it tries again, from the last delivered position. */
  async #pageThroughBreaks(after: Position | null, filter: Filter | undefined, signal: AbortSignal): Promise<Page> {
    for (;;) {
      this.#begin({});
      try {
        return await this.#reads.page(after, filter, { signal });
      } catch (error) {
        if (signal.aborted) return { events: [], to: after, atHead: false };
        if (!isEventStoreError(error, 'Unavailable')) throw error;
        await this.#bell.after(this.#bell.rung, AbortSignal.any([signal, AbortSignal.timeout(RECONNECT_MS)]));
      }
    }
  }

  async *#guarded(call: Call, read: () => AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent, void, undefined> {
    this.#begin(call);
    yield* read();
  }

  #begin(call: Call): void {
    if (this.#closing !== null) throw new EventStoreError('Unavailable', 'The event store is closed.');
    begin(call);
  }
}
