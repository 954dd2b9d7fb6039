/** Reads the event table for a verifier: octet for octet, in order, telling of gaps and damage instead of throwing. */
import type Database from 'better-sqlite3';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hasSpareCore } from '#libs/local/spare-core.ts';
import { Each } from '../each.ts';
import type { LogRow } from '../log-row.ts';
import { positionOf } from '../position.ts';
import { type RawRow, TEXTS, damaged, readRow } from '../raw-row.ts';
import { sqliteError } from './failure.ts';
import { parsed } from './page-frame.ts';
import { ReadAhead } from './read-ahead.ts';
import { type PlainRow, ROWS_MAX, WholeRows, before } from './whole-rows.ts';

/** As octets, so that a byte which is no UTF-8 is seen and not replaced. */
const SQL =
  `SELECT position, revision, schema_version, entry, ${TEXTS.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ')}` +
  ` FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

/** A thread that reads ahead is begun by whoever has read so much, when so much is left that it pays. */
export interface Paying {
  readonly read: number;
  readonly left: number;
  readonly hasCore: () => boolean;
}

const PAYING: Paying = { read: 4 * ROWS_MAX, left: 20_000, hasCore: hasSpareCore };

export class RawRows {
  readonly #connection: Database.Database;
  /** What `fileMark` said of the file when it was opened. */
  readonly #mark: string | null;
  readonly #paying: Paying;
  readonly #threads = new Set<ReadAhead>();

  constructor(connection: Database.Database, mark: string | null, paying = PAYING) {
    this.#connection = connection;
    this.#mark = mark;
    this.#paying = paying;
  }

  /** Every row up to the end of the log, or up to where SQLite itself cannot go on. Most are whole; the others are read again, octet for octet. */
  each(): AsyncIterable<LogRow> {
    return new Each(this.#pages());
  }

  /** Those that read ahead now. */
  get threads(): ReadonlySet<ReadAhead> {
    return this.#threads;
  }

  /** Ends the threads of readings that were not read to their end. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => this.#ended(thread)));
  }

  async *#pages(): AsyncGenerator<readonly LogRow[], void, undefined> {
    const plain = new WholeRows(this.#connection);
    const read = (from: number): readonly LogRow[] => wholePage(plain, from);
    let ahead: ReadAhead | null = null;
    let next = 0;
    try {
      for (;;) {
        if (next === this.#paying.read) ahead = this.#begun(next, read);
        const whole: readonly LogRow[] = ahead === null ? read(next) : await ahead.page(next);
        yield whole;
        next += whole.length;
        if (whole.length < ROWS_MAX) break;
      }
    } finally {
      if (ahead !== null) await this.#ended(ahead);
    }
    yield* pagesByOctets(this.#connection, next);
  }

  #begun(next: number, read: (from: number) => readonly LogRow[]): ReadAhead | null {
    const { left, hasCore } = this.#paying;
    if (this.#mark === null || headOf(this.#connection) - next < left || !hasCore()) return null;
    const ahead = new ReadAhead({ file: this.#connection.name, mark: this.#mark }, read);
    this.#threads.add(ahead);
    return ahead;
  }

  async #ended(ahead: ReadAhead): Promise<void> {
    await ahead.close();
    this.#threads.delete(ahead);
  }
}

/** -1 where SQLite cannot tell. */
function headOf(connection: Database.Database): number {
  try {
    return Number(connection.prepare('SELECT coalesce(max(position), -1) FROM events').pluck().get());
  } catch (error) {
    if (sqliteError(error) === undefined) throw error;
    return -1;
  }
}

/** Rows from a position on, as far as each is whole. */
function wholePage(plain: WholeRows, from: number): readonly LogRow[] {
  const whole: LogRow[] = [];
  for (const row of plain.from(from)) {
    const told = wholeRow(row);
    if (told === null) break;
    whole.push(told);
  }
  return whole;
}

function wholeRow(row: PlainRow): LogRow | null {
  const data = parsed(row.data);
  const metadata = parsed(row.metadata);
  if (data === undefined || metadata === undefined) return null;
  const event: StoredEvent = {
    id: row.id,
    stream: row.stream,
    revision: BigInt(row.revision),
    position: positionOf(row.position),
    type: row.type,
    schemaVersion: row.schemaVersion,
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
    salt: row.salt,
    data,
    metadata: metadata as Record<string, string>,
  };
  return { is: 'event', event, entry: Buffer.from(row.entry, 'hex') };
}

async function* pagesByOctets(
  connection: Database.Database,
  from: number,
): AsyncGenerator<readonly LogRow[], void, undefined> {
  let expected = BigInt(from);
  let after = before(from);
  for (;;) {
    const { rows, failed } = page(connection, after);
    const told: LogRow[] = [];
    for (const row of rows) {
      const position = typeof row.position === 'bigint' ? row.position : expected;
      if (position !== expected)
        told.push(
          damaged(expected, position > expected ? 'no event stands' : 'the log begins, and an event stands before it'),
        );
      told.push(readRow(row, position));
      after = position;
      expected = position + 1n;
    }
    if (failed !== undefined) told.push(damaged(expected, `the file cannot be read here (${failed})`));
    yield told;
    if (failed !== undefined || rows.length < ROWS_MAX) return;
  }
}

function page(connection: Database.Database, after: bigint): { rows: readonly RawRow[]; failed: string | undefined } {
  const rows: RawRow[] = [];
  try {
    for (const row of connection.prepare(SQL).safeIntegers(true).iterate(after)) rows.push(row as RawRow);
    return { rows, failed: undefined };
  } catch (error) {
    const failed = sqliteError(error);
    if (failed === undefined) throw error;
    return { rows, failed };
  }
}
