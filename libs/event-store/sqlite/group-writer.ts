/** Group commit on one connection: a group becomes one transaction with one fsync. Of a group one conflict is refused alone. */
import type Database from 'better-sqlite3';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { placeOf } from '../admission.ts';
import { isEventStoreError } from '../event-store.ts';
import { sqliteError } from './failure.ts';
import type { Refused, Stored, Told } from './group-answer.ts';
import { EXPECTED, type FramedRequest, expectedOf } from './group-frame.ts';
import { RowInserts } from './row-inserts.ts';

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
  readonly #rows: RowInserts;
  #next: number;

  constructor(connection: Database.Database) {
    this.#connection = connection;
    this.#statements = statements(connection);
    this.#rows = new RowInserts(connection);
    this.#next = this.#count();
  }

  /** Answers when the group is durable. Throws GroupFailed, and then nothing of it is remembered. */
  write(group: readonly (readonly FramedRequest[])[]): Written {
    const started = monotonicMs();
    const { begin, commit, rollback } = this.#statements;
    let committing = false;
    try {
      begin.run();
      const told = this.#trusting(group) ?? this.#oneByOne(group);
      committing = true;
      const worked = monotonicMs();
      commit.run();
      if (this.#heads.size > HEADS_MAX) this.#heads.clear();
      return { told, workMs: worked - started, diskMs: monotonicMs() - worked };
    } catch (error) {
      if (this.#connection.inTransaction) rollback.run();
      this.#rows.clear();
      this.#heads.clear();
      if (!committing) this.#next = this.#count();
      throw new GroupFailed(error, committing);
    }
  }

  #count(): number {
    return (this.#statements.head.get() as number) + 1;
  }

  /** On the trust that no id stands in its stream already; the table refuses one that does. Null then. */
  #trusting(group: readonly (readonly FramedRequest[])[]): readonly Told[] | null {
    try {
      const told = group.map((requests) => {
        if (requests.every((request) => this.#fits(request))) return requests.map((request) => this.#place(request));
        this.#rows.insert(); // what stands before it in the group stands before it in the file
        return this.#append(requests);
      });
      this.#rows.insert();
      return told;
    } catch (error) {
      if (sqliteError(error)?.startsWith('SQLITE_CONSTRAINT') !== true) throw error;
      return null;
    }
  }

  #oneByOne(group: readonly (readonly FramedRequest[])[]): readonly Told[] {
    const { begin, rollback } = this.#statements;
    rollback.run();
    this.#rows.clear();
    this.#heads.clear();
    this.#next = this.#count();
    begin.run();
    return group.map((requests) => this.#append(requests));
  }

  #append(requests: readonly FramedRequest[]): Told {
    const single = requests.length === 1 && requests[0]?.events.length === 1;
    return single ? this.#looked(requests) : this.#whole(() => this.#looked(requests));
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
          { stream, expected: expectedOf(expected), ids: events.map(({ id }) => id) },
          { head: head < 0 ? null : BigInt(head), revisionOf },
        );
        if (!replayed) {
          stored.push(this.#place(request));
          this.#rows.insert();
        } else {
          const revision = Number(first) + events.length - 1;
          stored.push({ revision, number: this.#statements.number.get(stream, revision) as number, replayed });
        }
      } catch (error) {
        if (isEventStoreError(error, 'WrongExpectedRevision') || isEventStoreError(error, 'DuplicateEventId'))
          return { code: error.code as Refused['code'], head, request: at };
        throw error;
      }
    }
    return stored;
  }

  /** Several rows stand together or not at all. */
  #whole(write: () => Told): Told {
    const { savepoint, release, back } = this.#statements;
    const next = this.#next;
    savepoint.run();
    const told = write();
    if ('code' in told) {
      back.run();
      this.#next = next;
      this.#heads.clear();
    }
    release.run();
    return told;
  }

  /** Behind what stands there and is to stand there: written with the next rows. */
  #place({ stream, events }: FramedRequest): Stored {
    let revision = this.#headOf(stream);
    for (const event of events) {
      revision += 1;
      this.#rows.add({ position: this.#next, stream, revision, event });
      this.#next += 1;
    }
    this.#heads.set(stream, revision);
    return { revision, number: this.#next - 1, replayed: false };
  }

  #fits({ stream, expected }: FramedRequest): boolean {
    if (expected === EXPECTED.any) return true;
    const head = this.#headOf(stream);
    return expected === EXPECTED.stream_exists ? head >= 0 : head === expected; // no_stream is -1, as the head of none
  }

  /** -1 where the stream has no event. */
  #headOf(stream: string): number {
    let head = this.#heads.get(stream);
    if (head === undefined) {
      head = this.#statements.streamHead.get(stream) as number;
      this.#heads.set(stream, head);
    }
    return head;
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
    head: asked('SELECT coalesce(max(position), -1) FROM events'),
    streamHead: asked('SELECT coalesce(max(revision), -1) FROM events WHERE stream = ?'),
    revision: asked('SELECT revision FROM events WHERE id = ? AND stream = ?'),
    number: asked('SELECT position FROM events WHERE stream = ? AND revision = ?'),
  };
}
