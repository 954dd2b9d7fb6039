/** A page of the log on its way from the thread that reads ahead: three texts, and octets that change hands. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { LogRow } from '../log-row.ts';
import { positionOf } from '../position.ts';
import type { PlainRow } from './whole-rows.ts';

export interface PageFrame {
  readonly from: number;
  readonly rows: number;
  /** A JSON list of the short texts, six of each row. Cut out of one text they would each keep all of it in memory. */
  readonly heads: string;
  /** Data and metadata of each row, joined: the very texts that were hashed. */
  readonly bodies: string;
  /** Of each row its revision, its schema version, and the lengths of its data and its metadata. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** 32 octets of each row. */
  readonly entries: Uint8Array<ArrayBuffer>;
}

const NUMBERS = 4;
const HEADS = 6;
const OCTETS = 32;

/** Of rows from a position on. */
export function pageFrameOf(from: number, rows: readonly PlainRow[]): PageFrame {
  const heads: string[] = [];
  const bodies: string[] = [];
  const numbers = new Float64Array(rows.length * NUMBERS);
  const entries = Buffer.from(new ArrayBuffer(rows.length * OCTETS));
  let at = 0;
  for (const {
    id,
    stream,
    type,
    occurredAt,
    recordedAt,
    salt,
    data,
    metadata,
    revision,
    schemaVersion,
    entry,
  } of rows) {
    heads.push(id, stream, type, occurredAt, recordedAt, salt);
    bodies.push(data, metadata);
    numbers[at] = revision;
    numbers[at + 1] = schemaVersion;
    numbers[at + 2] = data.length;
    numbers[at + 3] = metadata.length;
    entries.write(entry, (at / NUMBERS) * OCTETS, 'hex');
    at += NUMBERS;
  }
  return { from, rows: rows.length, heads: JSON.stringify(heads), bodies: bodies.join(''), numbers, entries };
}

/** The rows of a frame, up to the first whose data or metadata is no JSON. */
export function rowsOf(frame: PageFrame): readonly LogRow[] {
  const { from, bodies, numbers, entries } = frame;
  const heads = JSON.parse(frame.heads) as string[];
  const rows: LogRow[] = [];
  let end = 0;
  for (let at = 0; at < frame.rows; at += 1) {
    const [number, head, begin] = [at * NUMBERS, at * HEADS, end];
    const between = begin + (numbers[number + 2] ?? 0);
    end = between + (numbers[number + 3] ?? 0);
    const data = parsed(bodies.slice(begin, between));
    const metadata = parsed(bodies.slice(between, end));
    if (data === undefined || metadata === undefined) break;
    const event: StoredEvent = {
      id: heads[head] ?? '',
      stream: heads[head + 1] ?? '',
      revision: BigInt(numbers[number] ?? 0),
      position: positionOf(from + at),
      type: heads[head + 2] ?? '',
      schemaVersion: numbers[number + 1] ?? 0,
      occurredAt: heads[head + 3] ?? '',
      recordedAt: heads[head + 4] ?? '',
      salt: heads[head + 5] ?? '',
      data,
      metadata: metadata as Record<string, string>,
    };
    rows.push({ is: 'event', event, entry: entries.subarray(at * OCTETS, (at + 1) * OCTETS) });
  }
  return rows;
}

/** Undefined of what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
