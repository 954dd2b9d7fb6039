/**
 * A log as lines of text that outlive every engine: a first line that says what they are, one canonical JSON object for
 * each event in log order, and a last line with the root of them all and the checkpoint over it.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Sealed, StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export interface FirstLine {
  readonly format: 'keyledger log';
  readonly version: 1;
  /** Identity of the log in the engine that it was exported from; an import gets one of its own. */
  readonly log: string;
}

export interface LastLine {
  readonly events: number;
  /** Of the Merkle tree over all of them, hex. */
  readonly root: string;
  /** Signed note over exactly these events. */
  readonly checkpoint: string;
  /** The newest note that witnesses cosigned over some or all of them; null where there is none. */
  readonly cosigned: string | null;
}

export type LogLine =
  | { readonly is: 'first'; readonly first: FirstLine }
  | { readonly is: 'event'; readonly event: Sealed }
  | { readonly is: 'last'; readonly last: LastLine };

/** Lines of a file without their newlines; the file is opened when the first is asked for, so that none is missed. */
export async function* linesIn(file: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
}

export function firstLine(log: string): string {
  return `${canonicalJson({ format: 'keyledger log', version: 1, log } satisfies FirstLine)}\n`;
}

export function eventLine(event: StoredEvent): string {
  const { id, stream, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata } = event;
  const revision = Number(event.revision);
  return `${canonicalJson({ id, stream, revision, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata })}\n`;
}

export function lastLine(last: LastLine): string {
  return `${canonicalJson({ end: last })}\n`;
}

/** Reads one line without its newline; refuses what is none. Data is JSON as it was stored and judged by nobody here. */
export function parseLogLine(line: string): LogLine | Refusal {
  const value = jsonOf(line);
  if (value === null) return damaged('is no JSON object');
  if (value.format !== undefined)
    return value.format === 'keyledger log' && value.version === 1 && typeof value.log === 'string'
      ? { is: 'first', first: { format: value.format, version: value.version, log: value.log } }
      : damaged('begins another format, or a newer one');
  if (value.end !== undefined) return lastOf(value.end) ?? damaged('ends the log and does not say how');
  return eventOf(value) ?? damaged('is no event');
}

type Members = Readonly<Record<string, unknown>>;

function jsonOf(line: string): Members | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lastOf(value: unknown): LogLine | null {
  if (!isObject(value)) return null;
  const { events, root, checkpoint, cosigned } = value;
  if (typeof events !== 'number' || typeof root !== 'string' || typeof checkpoint !== 'string') return null;
  if (cosigned !== null && typeof cosigned !== 'string') return null;
  return { is: 'last', last: { events, root, checkpoint, cosigned } };
}

function eventOf(value: Members): LogLine | null {
  const { id, stream, revision, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata } = value;
  const words = { id, stream, type, occurredAt, recordedAt, salt };
  if (!hasWords(words) || !Number.isSafeInteger(revision) || !Number.isSafeInteger(schemaVersion)) return null;
  if (data === undefined || !isObject(metadata) || !hasWords(metadata)) return null;
  const numbers = { revision: BigInt(revision as number), schemaVersion: schemaVersion as number }; // just looked at
  return { is: 'event', event: { ...words, ...numbers, data, metadata } };
}

function hasWords<Names extends string>(value: Readonly<Record<Names, unknown>>): value is Record<Names, string> {
  return Object.values(value).every((word) => typeof word === 'string');
}

function damaged(what: string): Refusal {
  return refuse('EXPORT_DAMAGED', `A line of the export ${what}; export the log again.`);
}
