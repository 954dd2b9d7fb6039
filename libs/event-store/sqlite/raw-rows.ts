/** Reads the event table for a verifier: octet for octet, in order, telling of gaps and damage instead of throwing. */
import type Database from 'better-sqlite3';
import type { LogRow } from '../log-row.ts';
import { type RawRow, TEXTS, damaged, readRow } from '../raw-row.ts';
import { sqliteError } from './failure.ts';

const ROWS_MAX = 500;

/** As octets, so that a byte which is no UTF-8 is seen and not replaced. */
const SQL =
  `SELECT position, revision, schema_version, entry, ${TEXTS.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ')}` +
  ` FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

/** Every row up to the end of the log, or up to where SQLite itself cannot go on. */
export async function* rawRows(connection: Database.Database): AsyncGenerator<LogRow, void, undefined> {
  let expected = 0n;
  let after = -(2n ** 63n);
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
