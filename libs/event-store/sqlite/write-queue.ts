/** Group commit: the appends that wait in one turn become one transaction with one fsync, and are answered after it. */
import type Database from 'better-sqlite3';
import { type StoredEvent, entryOf } from '#libs/kernel/event.ts';
import { type AdmittedRequest, placeOf } from '../admission.ts';
import { type Appended, EventStoreError } from '../event-store.ts';
import { asEventStoreError, sqliteError } from './failure.ts';
import { COLUMNS } from './row.ts';
import type { SqliteReads } from './reads.ts';

/** What is stored whole or not at all: one append, or several that belong together. */
interface Waiting {
  readonly requests: readonly AdmittedRequest[];
  /** Throws when the caller no longer wants it or has waited too long. */
  readonly check: () => void;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

type Answer = () => void;

const GROUP_MAX = 128;

export class WriteQueue {
  readonly #connection: Database.Database;
  readonly #reads: SqliteReads;
  readonly #insert: Database.Statement;
  readonly #committed: () => void;
  readonly #waiting: Waiting[] = [];
  #scheduled = false;
  #broken: EventStoreError | null = null;

  constructor(connection: Database.Database, reads: SqliteReads, committed: () => void) {
    this.#connection = connection;
    this.#reads = reads;
    this.#committed = committed;
    this.#insert = connection.prepare(`INSERT INTO events (${COLUMNS}, entry) VALUES (${'?, '.repeat(11)}?)`);
  }

  add(requests: readonly AdmittedRequest[], check: () => void): Promise<readonly Appended[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ requests, check, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.drain();
      });
    });
  }

  /** Writes all that waits, group by group. */
  drain(): void {
    while (this.#waiting.length > 0) this.#writeGroup(this.#waiting.splice(0, GROUP_MAX));
  }

  #writeGroup(group: readonly Waiting[]): void {
    const begun = { committing: false };
    try {
      if (this.#broken !== null) throw this.#broken;
      this.#connection.exec('BEGIN IMMEDIATE');
      const answers = group.map((waiting) => this.#write(waiting));
      begun.committing = true;
      this.#connection.exec('COMMIT');
      for (const answer of answers) answer();
      this.#committed();
    } catch (error) {
      this.#undo();
      const reason = this.#reasonOf(error, begun.committing);
      for (const waiting of group) waiting.reject(reason);
    }
  }

  /** One conflict refuses its own append only; a failure of the database itself is thrown and undoes the group. */
  #write(waiting: Waiting): Answer {
    try {
      waiting.check();
      const places = waiting.requests.map((request) => ({ request, ...this.#place(request) }));
      const appended = places.map(({ request, first, replayed }) => this.#store(request, first, replayed));
      return () => {
        waiting.resolve(appended);
      };
    } catch (error) {
      if (!(error instanceof EventStoreError)) throw error;
      return () => {
        waiting.reject(error);
      };
    }
  }

  #place(request: AdmittedRequest): { first: bigint; replayed: boolean } {
    const { stream } = request;
    return placeOf(request, {
      head: this.#reads.streamHead(stream),
      revisionOf: (id) => this.#reads.revisionOf(stream, id),
    });
  }

  #store(request: AdmittedRequest, first: bigint, replayed: boolean): Appended {
    const { stream, events } = request;
    if (!replayed) {
      const next = this.#reads.headNumber() + 1;
      for (const [at, { event, data, metadata }] of events.entries()) {
        const revision = first + BigInt(at);
        const entry = entryOf({ ...event, stream, revision } satisfies Omit<StoredEvent, 'position'>);
        const { id, type, schemaVersion, occurredAt, recordedAt, salt } = event;
        this.#insert.run(
          next + at,
          stream,
          revision,
          id,
          type,
          schemaVersion,
          occurredAt,
          recordedAt,
          salt,
          data,
          metadata,
          entry,
        );
      }
    }
    const revision = first + BigInt(events.length) - 1n;
    return { stream, revision, position: this.#reads.positionAt(stream, revision), replayed };
  }

  #undo(): void {
    if (this.#connection.open && this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
  }

  /** After a failed fsync nobody knows what the disk holds: the outcome is unknown and the store must be opened anew. */
  #reasonOf(error: unknown, committing: boolean): unknown {
    if (!committing || sqliteError(error)?.startsWith('SQLITE_IOERR') !== true)
      return asEventStoreError(error, this.#connection.name);
    this.#broken = new EventStoreError(
      'Unavailable',
      'The disk failed while events were stored; restart to read what it holds.',
    );
    return new EventStoreError(
      'OutcomeUnknown',
      'The disk failed while this was stored; repeat the same request after a restart.',
      {
        cause: error,
      },
    );
  }
}
