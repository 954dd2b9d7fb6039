/** Reads the event table for a verifier: octet for octet, in order, telling of gaps and damage instead of throwing. */
import type Database from 'better-sqlite3';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { Each } from '../each.ts';
import type { LogRow } from '../log-row.ts';
import { positionOf } from '../position.ts';
import { type RawRow, TEXTS, damaged, readRow } from '../raw-row.ts';
import { sqliteError } from './failure.ts';
import { type PlainRow, ROWS_MAX, WholeRows, before } from './whole-rows.ts';

/** As octets, so that a byte which is no UTF-8 is seen and not replaced. */
const SQL =
  `SELECT position, revision, schema_version, entry, ${TEXTS.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ')}` +
  ` FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

/** Every row up to the end of the log, or up to where SQLite itself cannot go on. Most are whole; the others are read again, octet for octet. */
export function rawRows(connection: Database.Database): AsyncIterable<LogRow> {
  return new Each(pages(connection));
}

async function* pages(connection: Database.Database): AsyncGenerator<readonly LogRow[], void, undefined> {
  const plain = new WholeRows(connection);
  for (let next = 0; ;) {
    const whole = wholePage(plain, next);
    yield whole;
    next += whole.length;
    if (whole.length === ROWS_MAX) continue;
    yield* pagesByOctets(connection, next);
    return;
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

/** Null where data or metadata is no JSON. */
function wholeRow(row: PlainRow): LogRow | null {
  try {
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
      data: JSON.parse(row.data) as unknown,
      metadata: JSON.parse(row.metadata) as Record<string, string>,
    };
    return { is: 'event', event, entry: Buffer.from(row.entry, 'hex') };
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
