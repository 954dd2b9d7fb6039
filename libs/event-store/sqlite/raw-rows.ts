/** Reads the event table for a verifier: octet for octet, in order, telling of gaps and damage instead of throwing. */
import type Database from 'better-sqlite3';
import { type StoredEvent, entryOfCanonical } from '#libs/kernel/event.ts';
import { Each } from '../each.ts';
import type { LogRow } from '../log-row.ts';
import { positionOf } from '../position.ts';
import { type RawRow, TEXTS, damaged, readRow } from '../raw-row.ts';
import { sqliteError } from './failure.ts';
import { COLUMNS } from './row.ts';

const ROWS_MAX = 500;

/** As octets, so that a byte which is no UTF-8 is seen and not replaced. */
const SQL =
  `SELECT position, revision, schema_version, entry, ${TEXTS.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ')}` +
  ` FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

/**
 * As SQLite's own numbers and texts: what is then hashed to its entry is what was stored, whatever would have been replaced in
 * it. The entry comes as a text, which costs a third of an octet string of its own.
 */
const PLAIN =
  `SELECT ${COLUMNS}, iif(typeof(entry) = 'blob', lower(hex(entry)), '') AS entry` +
  ` FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

interface PlainRow {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly salt: string;
  readonly data: string;
  readonly metadata: string;
  /** 64 hexadecimal digits. */
  readonly entry: string;
}

/** Every row up to the end of the log, or up to where SQLite itself cannot go on. Most are whole; the others are read again, octet for octet. */
export function rawRows(connection: Database.Database): AsyncIterable<LogRow> {
  return new Each(pages(connection));
}

async function* pages(connection: Database.Database): AsyncGenerator<readonly LogRow[], void, undefined> {
  const plain = connection.prepare(PLAIN);
  for (let next = 0; ;) {
    const whole = wholePage(plain, next);
    yield whole;
    next += whole.length;
    if (whole.length === ROWS_MAX) continue;
    yield* pagesByOctets(connection, next);
    return;
  }
}

/** What a page begins after: at the log's own beginning even what somebody put in front of it is read. */
function before(from: number): bigint {
  return from === 0 ? -(2n ** 63n) : BigInt(from) - 1n;
}

/** Rows from a position on, as far as each is the next and hashes to its entry. None where SQLite cannot read them all. */
function wholePage(plain: Database.Statement, from: number): readonly LogRow[] {
  const whole: LogRow[] = [];
  for (const row of rowsOf(plain, before(from))) {
    const event = row.position === from + whole.length ? wholeEvent(row) : null;
    if (event === null) break;
    whole.push({ is: 'event', event, entry: Buffer.from(row.entry, 'hex') });
  }
  return whole;
}

function rowsOf(plain: Database.Statement, after: bigint): readonly PlainRow[] {
  try {
    return plain.all(after) as PlainRow[];
  } catch (error) {
    if (sqliteError(error) === undefined) throw error;
    return [];
  }
}

function wholeEvent(row: PlainRow): StoredEvent | null {
  const { id, stream, revision, type, salt, data, metadata } = row;
  const [schemaVersion, occurredAt, recordedAt] = [row.schema_version, row.occurred_at, row.recorded_at];
  const sealed = { id, stream, revision, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata };
  if (entryOfCanonical(sealed, 'hex') !== row.entry) return null;
  try {
    return {
      id,
      stream,
      revision: BigInt(revision),
      position: positionOf(row.position),
      type,
      schemaVersion,
      occurredAt,
      recordedAt,
      salt,
      data: JSON.parse(data) as unknown,
      metadata: JSON.parse(metadata) as Record<string, string>,
    };
  } catch {
    return null;
  }
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
