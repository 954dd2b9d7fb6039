/** Group commit on one connection: a group becomes one transaction with one fsync. Of a group one conflict is refused alone. */
import type Database from 'better-sqlite3';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { entryOfCanonical } from '#libs/kernel/event.ts';
import { fits, placeOf } from '../admission.ts';
import { isEventStoreError } from '../event-store.ts';
import { sqliteError } from './failure.ts';
import type { Refused, Stored, Told } from './group-answer.ts';
import type { FramedRequest } from './group-frame.ts';
import { COLUMNS } from './row.ts';

/** Heads remembered; all are forgotten together when there are more, and asked for again. */
const HEADS_MAX = 200_000;

/** Thrown where the group cannot be stored; `committing` tells whether the disk may hold it all the same. */
export class GroupFailed extends Error {
  readonly committing: boolean;

  constructor(cause: unknown, committing: boolean) {
    super('a group could not be stored', { cause });
    this.committing = committing;
  }
}

export interface Written {
  readonly told: readonly Told[];
  /** How long the group took to be put together, and to be made durable. */
  readonly workMs: number;
  readonly diskMs: number;
}

export class GroupWriter {
  readonly #connection: Database.Database;
  readonly #statements: ReturnType<typeof statements>;
  /** Head of a stream, -1 where it was looked for and has none. */
  readonly #heads = new Map<string, number>();
  #next: number;

  constructor(connection: Database.Database) {
    this.#connection = connection;
    this.#statements = statements(connection);
    this.#next = this.#count();
  }

  /** Answers when the group is durable. Throws GroupFailed, and then nothing of it is remembered. */
  write(group: readonly (readonly FramedRequest[])[]): Written {
    const started = monotonicMs();
    const { begin, commit, rollback } = this.#statements;
    let committing = false;
    try {
      begin.run();
      const told = group.map((requests) => this.#append(requests));
      committing = true;
      const worked = monotonicMs();
      commit.run();
      if (this.#heads.size > HEADS_MAX) this.#heads.clear();
      return { told, workMs: worked - started, diskMs: monotonicMs() - worked };
    } catch (error) {
      if (this.#connection.inTransaction) rollback.run();
      this.#heads.clear();
      if (!committing) this.#next = this.#count();
      throw new GroupFailed(error, committing);
    }
  }

  #count(): number {
    return (this.#statements.head.get() as number) + 1;
  }

  #append(requests: readonly FramedRequest[]): Told {
    const single = requests.length === 1 && requests[0]?.events.length === 1;
    if (requests.every(({ stream, expected }) => fits(expected, this.#headOf(stream)))) {
      const told = single ? this.#tried(requests) : this.#whole(() => this.#tried(requests));
      if (told !== null) return told;
    }
    return single ? this.#looked(requests) : this.#whole(() => this.#looked(requests));
  }

  /** On the trust that none of the ids stands in its stream already; the table refuses one that does. Null then. */
  #tried(requests: readonly FramedRequest[]): Told | null {
    try {
      return requests.map((request) => this.#insert(request));
    } catch (error) {
      if (sqliteError(error)?.startsWith('SQLITE_CONSTRAINT') !== true) throw error;
      return null;
    }
  }

  /** With every id looked for. */
  #looked(requests: readonly FramedRequest[]): Told {
    const stored: Stored[] = [];
    for (const [at, request] of requests.entries()) {
      const { stream, expected, events } = request;
      const head = this.#headOf(stream);
      const revisionOf = (id: string): bigint | null => {
        const found = this.#statements.revision.get(id, stream) as number | undefined;
        return found === undefined ? null : BigInt(found);
      };
      try {
        const { first, replayed } = placeOf(
          { stream, expected, ids: events.map(({ id }) => id) },
          { head, revisionOf },
        );
        if (!replayed) stored.push(this.#insert(request));
        else {
          const revision = Number(first) + events.length - 1;
          stored.push({ revision, number: this.#statements.number.get(stream, revision) as number, replayed });
        }
      } catch (error) {
        if (isEventStoreError(error, 'WrongExpectedRevision') || isEventStoreError(error, 'DuplicateEventId'))
          return { code: error.code as Refused['code'], head: Number(head ?? -1n), request: at };
        throw error;
      }
    }
    return stored;
  }

  /** Several rows stand together or not at all. */
  #whole<T extends Told | null>(write: () => T): T {
    const { savepoint, release, back } = this.#statements;
    const next = this.#next;
    savepoint.run();
    const told = write();
    if (told === null || 'code' in told) {
      back.run();
      this.#next = next;
      this.#heads.clear();
    }
    release.run();
    return told;
  }

  #insert({ stream, events }: FramedRequest): Stored {
    let revision = Number(this.#headOf(stream) ?? -1n);
    for (const { id, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata } of events) {
      revision += 1;
      const sealed = {
        id,
        stream,
        revision,
        type,
        schemaVersion,
        occurredAt,
        recordedAt,
        salt,
        data,
        metadata,
      };
      const entry = Buffer.from(entryOfCanonical(sealed), 'latin1');
      this.#statements.insert.run(
        this.#next,
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
      this.#next += 1;
    }
    this.#heads.set(stream, revision);
    return { revision, number: this.#next - 1, replayed: false };
  }

  #headOf(stream: string): bigint | null {
    let head = this.#heads.get(stream);
    if (head === undefined) {
      head = this.#statements.streamHead.get(stream) as number;
      this.#heads.set(stream, head);
    }
    return head < 0 ? null : BigInt(head);
  }
}

function statements(connection: Database.Database) {
  const asked = (sql: string) => connection.prepare(sql).pluck();
  return {
    begin: connection.prepare('BEGIN IMMEDIATE'),
    commit: connection.prepare('COMMIT'),
    rollback: connection.prepare('ROLLBACK'),
    savepoint: connection.prepare('SAVEPOINT whole'),
    release: connection.prepare('RELEASE whole'),
    back: connection.prepare('ROLLBACK TO whole'),
    insert: connection.prepare(`INSERT INTO events (${COLUMNS}, entry) VALUES (${'?, '.repeat(11)}?)`),
    head: asked('SELECT coalesce(max(position), -1) FROM events'),
    streamHead: asked('SELECT coalesce(max(revision), -1) FROM events WHERE stream = ?'),
    revision: asked('SELECT revision FROM events WHERE id = ? AND stream = ?'),
    number: asked('SELECT position FROM events WHERE stream = ? AND revision = ?'),
  };
}
