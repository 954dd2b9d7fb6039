/** A group of appends on its way to the thread that writes: all its texts as one, its numbers in one buffer that changes hands. */
import type { AdmittedRequest } from '../admission.ts';
import type { Expected } from '../event-store.ts';

/** One event as it is bound to the insert, but for position, revision and entry. */
export interface FramedEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly salt: string;
  readonly data: string;
  readonly metadata: string;
}

export interface FramedRequest {
  readonly stream: string;
  /** A revision, or below 0 what `expectedOf` reads. */
  readonly expected: number;
  readonly events: readonly FramedEvent[];
}

/** Texts joined; numbers are: how many appends, then of each its requests, of each of them what it expects, its events, and the lengths of its texts. */
export interface Frame {
  readonly text: string;
  readonly numbers: Float64Array<ArrayBuffer>;
}

/** Revisions are numbers in a frame: dense from 0, no stream reaches 2^53. What is no revision is below 0. */
export const EXPECTED = { no_stream: -1, stream_exists: -2, any: -3 } as const;
const BEYOND = 2n ** 53n - 1n;
const NUMBERS_PER_EVENT = 8;

export function frameOf(group: readonly (readonly AdmittedRequest[])[]): Frame {
  const texts: string[] = [];
  const numbers: number[] = [group.length];
  for (const requests of group) {
    numbers.push(requests.length);
    for (const { stream, expected, events } of requests) {
      numbers.push(expectedNumber(expected), events.length, stream.length);
      texts.push(stream);
      for (const { event, data, metadata } of events) {
        const { id, type, occurredAt, recordedAt, salt, schemaVersion } = event;
        texts.push(id, type, occurredAt, recordedAt, salt, data, metadata);
        numbers.push(schemaVersion, id.length, type.length, occurredAt.length, recordedAt.length);
        numbers.push(salt.length, data.length, metadata.length);
      }
    }
  }
  return { text: texts.join(''), numbers: Float64Array.from(numbers) };
}

function expectedNumber(expected: Expected): number {
  if (typeof expected !== 'bigint') return EXPECTED[expected];
  return Number(expected < BEYOND ? expected : BEYOND);
}

export function groupOf({ text, numbers }: Frame): readonly (readonly FramedRequest[])[] {
  let [at, from] = [0, 0];
  const number = (): number => numbers[at++] ?? 0;
  const cut = (length: number): string => text.slice(from, (from += length));
  const event = (): FramedEvent => {
    const start = at;
    at += NUMBERS_PER_EVENT;
    const length = (index: number): number => numbers[start + index] ?? 0;
    return {
      schemaVersion: length(0),
      id: cut(length(1)),
      type: cut(length(2)),
      occurredAt: cut(length(3)),
      recordedAt: cut(length(4)),
      salt: cut(length(5)),
      data: cut(length(6)),
      metadata: cut(length(7)),
    };
  };
  const request = (): FramedRequest => {
    const [expected, events, stream] = [number(), number(), cut(number())];
    return { stream, expected, events: times(events, event) };
  };
  return times(number(), () => times(number(), request));
}

function times<T>(many: number, make: () => T): T[] {
  const made: T[] = [];
  while (made.length < many) made.push(make());
  return made;
}

export function expectedOf(number: number): Expected {
  if (number === EXPECTED.no_stream) return 'no_stream';
  if (number === EXPECTED.stream_exists) return 'stream_exists';
  return number === EXPECTED.any ? 'any' : BigInt(number);
}
