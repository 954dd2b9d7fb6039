/** The embedded engine: one SQLite file in WAL mode, one writing process, every acknowledged event on disk. */
import type Database from 'better-sqlite3';
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import type { FolderLock } from '#libs/local/folder-lock.ts';
import { admit, admitAll } from '../admission.ts';
import { begin, refuseFence } from '../call.ts';
import {
  type AppendRequest,
  type Appended,
  type Call,
  type Capabilities,
  type Delivery,
  type EventStore,
  EventStoreError,
  type ReadAll,
  type ReadStream,
  type Subscribe,
} from '../event-store.ts';
import { Bell, follow } from '../follow.ts';
import type { Durability } from './append-worker.ts';
import { asEventStoreError } from './failure.ts';
import { openFile } from './open-file.ts';
import { SqliteReads } from './reads.ts';
import { WriteQueue } from './write-queue.ts';

export interface SqliteOptions {
  /** The file grows to at most this many pages of 4 KiB; past it appends fail with Unavailable. */
  readonly pagesMax?: number;
  /** How long to wait for another process that ends, milliseconds; 0 refuses at once. */
  readonly waitMs?: number;
}

/** Opens the log in a file, founding it where there is none. Throws as `openFile` does. */
export async function openSqliteStore(file: string, options: SqliteOptions = {}): Promise<SqliteEventStore> {
  const { connection, lock } = openFile(file, options.waitMs);
  const bell = new Bell();
  const order = { file: connection.name, pagesMax: options.pagesMax ?? null };
  const queue = new WriteQueue(order, () => bell.ring());
  try {
    return new SqliteEventStore({ connection, lock, queue, bell, durability: await queue.ready() });
  } catch (error) {
    connection.close();
    lock.release();
    throw error;
  }
}

interface Parts {
  /** For reading. */
  readonly connection: Database.Database;
  readonly lock: FolderLock;
  readonly queue: WriteQueue;
  readonly bell: Bell;
  readonly durability: Durability;
}

export class SqliteEventStore implements EventStore {
  readonly capabilities: Capabilities = { atomicMultiStream: true, dedupe: 'durable', immutability: 'enforced' };
  readonly #parts: Parts;
  readonly #connection: Database.Database;
  readonly #reads: SqliteReads;
  readonly #bell: Bell;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#bell = parts.bell;
    this.#reads = new SqliteReads(parts.connection);
  }

  /** What the connection that writes was set to, read back: a proof for whoever must know that it is durable. */
  durability(): Durability {
    return this.#parts.durability;
  }

  async identity(call: Call = {}): Promise<string> {
    return this.#ask(call, (reads) => reads.identity());
  }

  async append(request: AppendRequest, call: Call = {}): Promise<Appended> {
    this.#begin(call);
    refuseFence(call);
    const [appended] = await this.#parts.queue.add([admit(request)], call);
    if (appended === undefined) throw new EventStoreError('OutcomeUnknown', 'The engine did not answer.');
    return appended;
  }

  async appendAtomically(requests: readonly AppendRequest[], call: Call = {}): Promise<readonly Appended[]> {
    this.#begin(call);
    refuseFence(call);
    if (requests.length === 0) return [];
    return this.#parts.queue.add(admitAll(requests), call);
  }

  async streamHead(stream: string, call: Call = {}): Promise<Revision | null> {
    return this.#ask(call, (reads) => reads.streamHead(stream));
  }

  async head(call: Call = {}): Promise<Position | null> {
    return this.#ask(call, (reads) => reads.head());
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.#guarded(options, () => this.#reads.readStream(stream, options));
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.#guarded(options, () => this.#reads.readAll(options));
  }

  subscribe(options: Subscribe): AsyncIterable<Delivery> {
    const page: SqliteReads['page'] = (after, filter) => {
      this.#begin({});
      try {
        return this.#reads.page(after, filter);
      } catch (error) {
        throw asEventStoreError(error, this.#connection.name);
      }
    };
    return follow({ page, bell: this.#bell }, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#bell.ring();
    await this.#parts.queue.close();
    this.#connection.close();
    this.#parts.lock.release();
  }

  async #ask<T>(call: Call, question: (reads: SqliteReads) => T): Promise<T> {
    this.#begin(call);
    try {
      return await Promise.resolve(question(this.#reads));
    } catch (error) {
      throw asEventStoreError(error, this.#connection.name);
    }
  }

  async *#guarded(call: Call, read: () => AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent, void, undefined> {
    this.#begin(call);
    try {
      yield* read();
    } catch (error) {
      this.#begin(call);
      throw asEventStoreError(error, this.#connection.name);
    }
  }

  #begin(call: Call): void {
    if (this.#closing !== null) throw new EventStoreError('Unavailable', 'The event store is closed.');
    begin(call);
  }
}
