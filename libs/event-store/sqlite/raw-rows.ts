/** Reads the event table for a verifier: octet for octet, in order, telling of gaps and damage instead of throwing. */
import type Database from 'better-sqlite3';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { LogRow } from '../log-row.ts';
import { positionOf } from '../position.ts';
import { sqliteError } from './failure.ts';

const TEXTS = ['stream', 'id', 'type', 'occurred_at', 'recorded_at', 'salt', 'data', 'metadata'] as const;
const ROWS_MAX = 500;

type RawRow = Readonly<Record<string, unknown>>;

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

function damaged(position: bigint, why: string): LogRow {
  return { is: 'damaged', position: positionOf(Number(position)), why };
}

function readRow(row: RawRow, position: bigint): LogRow {
  const { revision, schema_version: schemaVersion, entry } = row;
  if (typeof revision !== 'bigint' || typeof schemaVersion !== 'bigint') return damaged(position, 'a number is none');
  if (!(entry instanceof Uint8Array) || entry.length !== 32) return damaged(position, 'the entry is not 32 octets');
  const texts: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const name of TEXTS) {
    const text = textOf(row[name]);
    if (text === null) return damaged(position, `${name} is no UTF-8 text`);
    texts[name] = text;
  }
  const {
    stream = '',
    id = '',
    type = '',
    occurred_at: occurredAt = '',
    recorded_at: recordedAt = '',
    salt = '',
  } = texts;
  const data = canonicalValue(texts.data ?? '');
  const metadata = canonicalValue(texts.metadata ?? '');
  if (data === undefined || !isTexts(metadata)) return damaged(position, 'data or metadata is not canonical JSON');
  const head = {
    id,
    stream,
    revision,
    position: positionOf(Number(position)),
    type,
    schemaVersion: Number(schemaVersion),
  };
  return {
    is: 'event',
    event: { ...head, occurredAt, recordedAt, salt, data, metadata },
    entry: Uint8Array.from(entry),
  };
}

function textOf(value: unknown): string | null {
  if (!(value instanceof Uint8Array)) return null;
  const text = Buffer.from(value).toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : null;
}

/** The value of a text that is its own canonical form; undefined of any other. */
function canonicalValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string')
  );
}
