/** A stored row held against its own spelling before a verifier sees it: numbers, text and canonical JSON, or why it is none. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { LogRow } from './log-row.ts';
import { positionOf } from './position.ts';

export const TEXTS = ['stream', 'id', 'type', 'occurred_at', 'recorded_at', 'salt', 'data', 'metadata'] as const;

/** A row of an engine's event table by the names of its columns; texts as their octets, numbers as bigint. */
export type RawRow = Readonly<Record<string, unknown>>;

export function damaged(position: bigint, why: string): LogRow {
  return { is: 'damaged', position: positionOf(Number(position)), why };
}

export function readRow(row: RawRow, position: bigint): LogRow {
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
