/** The embedded engine: one SQLite file in WAL mode, one writing process, every acknowledged event on disk. */
import type Database from 'better-sqlite3';
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import type { FolderLock } from '#libs/local/folder-lock.ts';
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
  type ReadAll,
  type ReadStream,
  type Subscribe,
} from '../event-store.ts';
import { Bell, follow } from '../follow.ts';
import { asEventStoreError } from './failure.ts';
import { openFile } from './open-file.ts';
import { SqliteReads } from './reads.ts';
import { WriteQueue } from './write-queue.ts';

export interface SqliteOptions {
  /** The file grows to at most this many pages of 16 KiB; past it appends fail with Unavailable. */
  readonly pagesMax?: number;
  /** How long to wait for another process that ends, milliseconds; 0 refuses at once. */
  readonly waitMs?: number;
}

/** Opens the log in a file, founding it where there is none. Throws as `openFile` does. */
export async function openSqliteStore(file: string, options: SqliteOptions = {}): Promise<SqliteEventStore> {
  const { connection, lock } = openFile(file, options.waitMs);
  if (options.pagesMax !== undefined) connection.pragma(`max_page_count = ${options.pagesMax}`);
  return Promise.resolve(new SqliteEventStore(connection, lock));
}

export class SqliteEventStore implements EventStore {
  readonly capabilities: Capabilities = { atomicMultiStream: true, dedupe: 'durable', immutability: 'enforced' };
  readonly #connection: Database.Database;
  readonly #lock: FolderLock;
  readonly #reads: SqliteReads;
  readonly #queue: WriteQueue;
  readonly #bell = new Bell();
  #closed = false;

  constructor(connection: Database.Database, lock: FolderLock) {
    this.#connection = connection;
    this.#lock = lock;
    this.#reads = new SqliteReads(connection);
    this.#queue = new WriteQueue(connection, this.#reads, () => {
      this.#bell.ring();
    });
  }

  /** What the connection was set to, read back: a proof for whoever must know that it is durable. */
  durability(): {
    readonly journalMode: unknown;
    readonly synchronous: unknown;
    readonly pageSize: unknown;
    readonly autocheckpoint: unknown;
  } {
    const read = (name: string): unknown => this.#connection.pragma(name, { simple: true });
    const [journalMode, synchronous] = [read('journal_mode'), read('synchronous')];
    return { journalMode, synchronous, pageSize: read('page_size'), autocheckpoint: read('wal_autocheckpoint') };
  }

  async identity(call: Call = {}): Promise<string> {
    return this.#ask(call, (reads) => reads.identity());
  }

  async append(request: AppendRequest, call: Call = {}): Promise<Appended> {
    const check = this.#begin(call);
    const [appended] = await this.#queue.add([admit(request)], check);
    if (appended === undefined) throw new EventStoreError('OutcomeUnknown', 'The engine did not answer.');
    return appended;
  }

  async appendAtomically(requests: readonly AppendRequest[], call: Call = {}): Promise<readonly Appended[]> {
    const check = this.#begin(call);
    return this.#queue.add(admitAll(requests), check);
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

  async close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#queue.drain();
    this.#bell.ring();
    this.#connection.close();
    this.#lock.release();
    return Promise.resolve();
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

  #begin(call: Call): () => void {
    if (this.#closed) throw new EventStoreError('Unavailable', 'The event store is closed.');
    return begin(call);
  }
}
