/** What every engine holds against an append before it writes: the shape of its events and their canonical text. */
import { isBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { NewEvent, Revision } from '#libs/kernel/event.ts';
import { type AppendRequest, EventStoreError, type Expected } from './event-store.ts';

/** Limits of one append; octets are those of the canonical JSON of data and metadata. */
export const APPEND_LIMITS = {
  eventsMax: 1000,
  eventOctetsMax: 4 * 1024 * 1024,
  nameLengthMax: 255,
  depthMax: 64,
} as const;

/** An event with the canonical JSON of its data and metadata, as stored. */
export interface AdmittedEvent {
  readonly event: NewEvent;
  readonly data: string;
  readonly metadata: string;
}

export interface AdmittedRequest {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly AdmittedEvent[];
}

/** Throws BadEvent or TooLarge; the answer holds copies, so that what the caller changes later is not stored. */
export function admit(request: AppendRequest): AdmittedRequest {
  const { stream, expected, events } = request;
  if (events.length === 0) throw bad('an append holds at least one event');
  if (events.length > APPEND_LIMITS.eventsMax)
    throw new EventStoreError('TooLarge', `An append holds at most ${APPEND_LIMITS.eventsMax} events.`);
  if (typeof expected === 'bigint' && expected < 0n) throw bad('an expected revision is not negative');
  requireName('stream', stream);
  const admitted = events.map(admitEvent);
  if (events.length > 1 && new Set(events.map((event) => event.id)).size !== events.length)
    throw new EventStoreError('DuplicateEventId', 'An event id stands twice in one append.');
  return { stream, expected, events: admitted };
}

/** The same of an atomic append to several streams, each named once. */
export function admitAll(requests: readonly AppendRequest[]): readonly AdmittedRequest[] {
  if (new Set(requests.map((request) => request.stream)).size !== requests.length)
    throw bad('one stream stands twice in one atomic append');
  return requests.map(admit);
}

function admitEvent(event: NewEvent): AdmittedEvent {
  requireName('id', event.id);
  requireName('type', event.type);
  if (!Number.isSafeInteger(event.schemaVersion) || event.schemaVersion < 1)
    throw bad('schemaVersion is an integer from 1');
  requireTime(event.occurredAt);
  if (event.recordedAt !== event.occurredAt) requireTime(event.recordedAt);
  if (event.salt === '' || !isBase64url(event.salt)) throw bad('a salt is base64url');
  for (const value of Object.values(event.metadata))
    if (typeof value !== 'string') throw bad('metadata holds texts only');
  requirePlain(event.data, APPEND_LIMITS.depthMax);
  const data = canonical(event.data);
  const metadata = canonical(event.metadata);
  if (!isWithin(APPEND_LIMITS.eventOctetsMax, data, metadata))
    throw new EventStoreError('TooLarge', `An event holds at most ${APPEND_LIMITS.eventOctetsMax} octets of data.`);
  return { event: { ...event }, data, metadata };
}

/** Octets of UTF-8, at most three for each UTF-16 unit: short texts need not be counted. */
function isWithin(most: number, one: string, other: string): boolean {
  return (one.length + other.length) * 3 <= most || Buffer.byteLength(one) + Buffer.byteLength(other) <= most;
}

function requireTime(time: string): void {
  if (!UTC_TIME.test(time) || Number.isNaN(Date.parse(time)))
    throw bad('a time is RFC 3339 in UTC, as 2026-01-31T12:00:00.000Z');
}

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

function requireName(what: string, name: string): void {
  if (name.length === 0 || name.length > APPEND_LIMITS.nameLengthMax || !name.isWellFormed() || name.includes('\0'))
    throw bad(`the ${what} of an event is a text of 1 to ${APPEND_LIMITS.nameLengthMax} characters`);
}

/** Only what RFC 8785 carries without loss: integers up to 2^53-1, no typed arrays, no dates, bounded depth. */
function requirePlain(value: unknown, depth: number): void {
  if (depth < 0) throw bad(`data is nested at most ${APPEND_LIMITS.depthMax} deep`);
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw bad('a number in data is an integer up to 2^53-1; write greater ones and fractions as text');
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value) || ('toJSON' in value && typeof value.toJSON === 'function'))
    throw bad('data holds plain JSON values only');
  const members: Iterable<unknown> = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) requirePlain(member, depth - 1);
  if (Array.isArray(value) && value.includes(undefined)) throw bad('a list in data has no holes');
}

function canonical(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    throw new EventStoreError('BadEvent', 'An event holds something that JSON cannot carry.', { cause });
  }
}

function bad(what: string): EventStoreError {
  return new EventStoreError('BadEvent', `Nothing was stored: ${what}.`);
}

/** What is asked of one stream: where these ids are to stand behind each other. */
export interface Wanted {
  readonly stream: string;
  readonly expected: Expected;
  readonly ids: readonly string[];
}

export function wanted({ stream, expected, events }: AdmittedRequest): Wanted {
  return { stream, expected, ids: events.map(({ event }) => event.id) };
}

/** What an engine finds in a stream when it decides about an append. */
export interface StreamSight {
  readonly head: Revision | null;
  /** Where an event id of the request stands in the stream already; null where it does not. */
  readonly revisionOf: (id: string) => Revision | null;
}

/** Where the first event goes, or that all of them stand there already. Throws WrongExpectedRevision or DuplicateEventId. */
export function placeOf(request: Wanted, sight: StreamSight): { first: Revision; replayed: boolean } {
  const { expected, ids, stream } = request;
  const known = ids.map((id) => sight.revisionOf(id));
  const first = known[0] ?? null;
  if (known.some((revision) => revision !== null)) {
    const behindEachOther = first !== null && known.every((revision, at) => revision === first + BigInt(at));
    if (behindEachOther && startsAt(expected, first)) return { first, replayed: true };
    throw new EventStoreError(
      'DuplicateEventId',
      `An event id of this append stands elsewhere in stream ${stream} already.`,
    );
  }
  const { head } = sight;
  if (!fits(expected, head))
    throw new EventStoreError(
      'WrongExpectedRevision',
      `Stream ${stream} is at ${head === null ? 'no event' : `revision ${head}`}, not at ${expected}.`,
      { actual: head },
    );
  return { first: head === null ? 0n : head + 1n, replayed: false };
}

function startsAt(expected: Expected, first: Revision): boolean {
  if (expected === 'any') return true;
  if (expected === 'no_stream') return first === 0n;
  if (expected === 'stream_exists') return first > 0n;
  return first === expected + 1n;
}

function fits(expected: Expected, head: Revision | null): boolean {
  if (expected === 'any') return true;
  if (expected === 'no_stream') return head === null;
  if (expected === 'stream_exists') return head !== null;
  return head === expected;
}
