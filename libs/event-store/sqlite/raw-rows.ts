/** Reads the event table for a verifier: octet for octet, in order, telling of gaps and damage instead of throwing. */
import type Database from 'better-sqlite3';
import { type StoredEvent, entryOfCanonical } from '#libs/kernel/event.ts';
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

/** As SQLite's own numbers and texts: what is then hashed to its entry is what was stored, whatever would have been replaced in it. */
const PLAIN = `SELECT ${COLUMNS}, entry FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

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
  readonly entry: Uint8Array;
}

/** Every row up to the end of the log, or up to where SQLite itself cannot go on. Most are whole; the others are read again, octet for octet. */
export async function* rawRows(connection: Database.Database): AsyncGenerator<LogRow, void, undefined> {
  const plain = connection.prepare(PLAIN);
  for (let next = 0; ;) {
    const whole = wholePage(plain, next);
    for (const row of whole) yield row;
    next += whole.length;
    if (whole.length === ROWS_MAX) continue;
    for await (const row of rowsByOctets(connection, next)) yield row;
    return;
  }
}

/** Rows from a position on, as far as each is the next and hashes to its entry. */
function wholePage(plain: Database.Statement, from: number): readonly LogRow[] {
  const whole: LogRow[] = [];
  try {
    for (const row of plain.iterate(from - 1) as IterableIterator<PlainRow>) {
      const event = row.position === from + whole.length ? wholeEvent(row) : null;
      if (event === null) break;
      whole.push({ is: 'event', event, entry: row.entry });
    }
  } catch (error) {
    if (sqliteError(error) === undefined) throw error;
  }
  return whole;
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

function wholeEvent(row: PlainRow): StoredEvent | null {
  const { id, stream, revision, type, schema_version: schemaVersion, salt, data, metadata, entry } = row;
  const head = { id, stream, type, schemaVersion, occurredAt: row.occurred_at, recordedAt: row.recorded_at, salt };
  if (entryOfCanonical({ ...head, revision, data, metadata }) !== latin1(entry)) return null;
  try {
    const values = { data: JSON.parse(data) as unknown, metadata: JSON.parse(metadata) as Record<string, string> };
    return { ...head, revision: BigInt(revision), position: positionOf(row.position), ...values };
  } catch {
    return null;
  }
}

async function* rowsByOctets(connection: Database.Database, from: number): AsyncGenerator<LogRow, void, undefined> {
  let expected = BigInt(from);
  let after = from === 0 ? -(2n ** 63n) : expected - 1n;
  for (;;) {
    const { rows, failed } = page(connection, after);
    for (const row of rows) {
      const position = typeof row.position === 'bigint' ? row.position : expected;
      if (position !== expected)
        yield damaged(
          expected,
          position > expected ? 'no event stands' : 'the log begins, and an event stands before it',
        );
      yield readRow(row, position);
      after = position;
      expected = position + 1n;
    }
    if (failed !== undefined) yield damaged(expected, `the file cannot be read here (${failed})`);
    if (failed !== undefined || rows.length < ROWS_MAX) return;
    await Promise.resolve();
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
