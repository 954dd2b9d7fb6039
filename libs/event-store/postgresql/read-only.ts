/** Opens a PostgreSQL log to look only: any role will do that may read it. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { type ReadAll, type ReadStream, isEventStoreError } from '../event-store.ts';
import type { LogReader } from '../log-reader.ts';
import type { LogRow } from '../log-row.ts';
import { type RawRow, TEXTS, damaged, readRow } from '../raw-row.ts';
import type { PostgresAddress } from './address.ts';
import { type Ask, alterationsOf, requireOurs } from './inspect.ts';
import { PostgresReads } from './reads.ts';

const CALL_MS = 30_000;
const ROWS_MAX = 500;

/** Throws Unavailable, AccessDenied, Corrupt where there is no log, Unsupported. */
export async function openPostgresReadOnly(address: PostgresAddress): Promise<LogReader> {
  const reads = new PostgresReads(address, CALL_MS);
  try {
    await requireOurs((question) => reads.ask(question));
    return new PostgresReader(reads);
  } catch (error) {
    await reads.close(CALL_MS);
    throw error;
  }
}

class PostgresReader implements LogReader {
  readonly #reads: PostgresReads;

  constructor(reads: PostgresReads) {
    this.#reads = reads;
  }

  identity(): Promise<string> {
    return this.#reads.identity({});
  }

  head(): Promise<Position | null> {
    return this.#reads.head({});
  }

  streamHead(stream: string): Promise<Revision | null> {
    return this.#reads.streamHead(stream, {});
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.#reads.readStream(stream, options);
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.#reads.readAll(options);
  }

  rows(): AsyncIterable<LogRow> {
    return rawRows((question) => this.#reads.ask(question));
  }

  alterations(): Promise<readonly string[]> {
    return alterationsOf((question) => this.#reads.ask(question));
  }

  close(): Promise<void> {
    return this.#reads.close(CALL_MS);
  }
}

const TEXT =
  `SELECT position, revision, schema_version, entry, ${TEXTS.map((name) => `convert_to(${name}, 'UTF8') AS ${name}`).join(', ')}` +
  ` FROM keyledger.events WHERE position > $1 ORDER BY position LIMIT ${ROWS_MAX}`;

/** Every row up to the end of the log, or up to where the server itself cannot go on. */
async function* rawRows(ask: Ask): AsyncGenerator<LogRow, void, undefined> {
  let expected = 0n;
  for (let after = -(2n ** 63n); ;) {
    const { rows, failed } = await page(ask, after);
    for (const row of rows) {
      const position = BigInt(String(row['position']));
      if (position !== expected)
        yield damaged(
          expected,
          position > expected ? 'no event stands' : 'the log begins, and an event stands before it',
        );
      yield readRow(numbered(row), position);
      after = position;
      expected = position + 1n;
    }
    if (failed !== null) yield damaged(expected, `the server cannot read here (${failed})`);
    if (failed !== null || rows.length < ROWS_MAX) return;
  }
}

async function page(ask: Ask, after: bigint): Promise<{ rows: readonly RawRow[]; failed: string | null }> {
  try {
    return { rows: await ask<RawRow>({ text: TEXT, values: [after] }), failed: null };
  } catch (error) {
    if (isEventStoreError(error, 'Corrupt')) return { rows: [], failed: error.message };
    throw error;
  }
}

function numbered(row: RawRow): RawRow {
  return { ...row, revision: BigInt(String(row['revision'])), schema_version: BigInt(String(row['schema_version'])) };
}
