/** The engine on a PostgreSQL server: several processes, one dense order, every acknowledged event on the server's disk. */
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
import type { PostgresAddress } from './address.ts';
import { requireFit, requireOurs } from './inspect.ts';
import { Listener } from './listener.ts';
import { PostgresReads } from './reads.ts';
import { Sequencer } from './sequencer.ts';

export interface PostgresOptions {
  /** How long a call may take whose caller names no time, milliseconds. */
  readonly callMs?: number;
  /** Times of recording never go back, though several processes record by clocks of their own; else they are as given. */
  readonly isRising?: boolean;
}

const CALL_MS = 10_000;
const RECONNECT_MS = 250;

/** Opens the log of a database as its writing role. Throws Unavailable, AccessDenied, Corrupt or Unsupported, each one sentence. */
export async function openPostgresStore(
  address: PostgresAddress,
  { callMs = CALL_MS, isRising = false }: PostgresOptions = {},
): Promise<PostgresEventStore> {
  const reads = new PostgresReads(address, callMs);
  try {
    await requireOurs((question) => reads.ask(question));
    await requireFit((question) => reads.ask(question));
    return new PostgresEventStore(address, reads, { callMs, isRising });
  } catch (error) {
    await reads.close(callMs);
    throw error;
  }
}

export class PostgresEventStore implements EventStore {
  readonly capabilities: Capabilities = { atomicMultiStream: true, dedupe: 'durable', immutability: 'enforced' };
  readonly #reads: PostgresReads;
  readonly #sequencer: Sequencer;
  readonly #bell = new Bell();
  readonly #listener: Listener;
  readonly #callMs: number;
  #closing: Promise<void> | null = null;

  constructor(address: PostgresAddress, reads: PostgresReads, { callMs, isRising }: Required<PostgresOptions>) {
    const committed = (): void => this.#bell.ring();
    this.#reads = reads;
    this.#callMs = callMs;
    this.#sequencer = new Sequencer({ address, callMs, isRising, committed });
    this.#listener = new Listener(address, committed);
  }

  async identity(call: Call = {}): Promise<string> {
    this.#begin(call);
    return this.#reads.identity(call);
  }

  async append(request: AppendRequest, call: Call = {}): Promise<Appended> {
    this.#begin(call);
    const [appended] = await this.#sequencer.add([admit(request)], call);
    if (appended === undefined) throw new EventStoreError('OutcomeUnknown', 'The engine did not answer.');
    return appended;
  }

  async appendAtomically(requests: readonly AppendRequest[], call: Call = {}): Promise<readonly Appended[]> {
    this.#begin(call);
    return this.#sequencer.add(admitAll(requests), call);
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
    await this.#sequencer.close(this.#callMs);
    await this.#listener.close(this.#callMs);
    await this.#reads.close(this.#callMs);
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
