/** Rows of the event table as SQLite's own numbers and texts, as far as each is the next and hashes to its entry. */
import type Database from 'better-sqlite3';
import { type CanonicalSealed, entryOfCanonical } from '#libs/kernel/event.ts';
import { sqliteError } from './failure.ts';

export const ROWS_MAX = 500;

export interface PlainRow extends CanonicalSealed {
  readonly position: number;
  /** 64 hexadecimal digits. */
  readonly entry: string;
}

/**
 * As SQLite's own numbers and texts: what is then hashed to its entry is what was stored, whatever would have been replaced in
 * it. The entry comes as a text, which costs a third of an octet string of its own.
 */
const PLAIN =
  'SELECT position, stream, revision, id, type, schema_version AS schemaVersion, occurred_at AS occurredAt, ' +
  "recorded_at AS recordedAt, salt, data, metadata, iif(typeof(entry) = 'blob', lower(hex(entry)), '') AS entry " +
  `FROM events WHERE position > ? ORDER BY position LIMIT ${ROWS_MAX}`;

export class WholeRows {
  readonly #plain: Database.Statement;

  constructor(connection: Database.Database) {
    this.#plain = connection.prepare(PLAIN);
  }

  /** At most a page from a position on, up to the first row that does not hold. None where SQLite cannot read them all. */
  from(position: number): readonly PlainRow[] {
    const rows = this.#read(before(position));
    const end = rows.findIndex(
      (row, at) => row.position !== position + at || entryOfCanonical(row, 'hex') !== row.entry,
    );
    return end < 0 ? rows : rows.slice(0, end);
  }

  #read(after: bigint): readonly PlainRow[] {
    try {
      return this.#plain.all(after) as PlainRow[];
    } catch (error) {
      if (sqliteError(error) === undefined) throw error;
      return [];
    }
  }
}

/** What a page begins after: at the log's own beginning even what somebody put in front of it is read. */
export function before(from: number): bigint {
  return from === 0 ? -(2n ** 63n) : BigInt(from) - 1n;
}
