/** An event of ours as KurrentDB keeps it: its data as JSON, all else in its metadata; and back again. */
import { createHash } from 'node:crypto';
import { type EventData, type JSONType, type RecordedEvent, jsonEvent } from '@kurrent/kurrentdb-client';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Position, type StoredEvent, entryOfCanonical } from '#libs/kernel/event.ts';
import type { AdmittedEvent } from '../admission.ts';
import { EventStoreError } from '../event-store.ts';

/** What stands in KurrentDB's metadata of each event of ours; `entry` in hexadecimal digits, as sealed. */
interface Envelope {
  readonly id: string;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly salt: string;
  readonly entry: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** KurrentDB names events by UUID: an id that is one stays itself, another gets the UUID (RFC 9562, version 8) of its SHA-256. */
export function uuidOf(id: string): string {
  if (UUID.test(id)) return id;
  const octets = createHash('sha256').update(id, 'utf8').digest().subarray(0, 16);
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x80;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function toWrite(stream: string, { event, data, metadata }: AdmittedEvent, revision: bigint): EventData {
  const { id, type, schemaVersion, occurredAt, recordedAt, salt } = event;
  const sealed = { ...event, stream, revision: Number(revision), data, metadata };
  const entry = Buffer.from(entryOfCanonical(sealed), 'latin1').toString('hex');
  const head = { id, schemaVersion, occurredAt, recordedAt, salt, entry };
  return jsonEvent({
    id: uuidOf(id),
    type,
    data: JSON.parse(data) as JSONType & object,
    metadata: { ...head, metadata: JSON.parse(metadata) as JSONType },
  });
}

export interface Read {
  readonly event: StoredEvent;
  /** As it was stored beside the event. */
  readonly entry: Uint8Array;
  /** Of the canonical JSON of its data. */
  readonly octets: number;
}

/** An event read back; a text where it is none of ours, saying why. */
export function asRead(recorded: RecordedEvent, log: string): Read | string {
  const envelope: unknown = recorded.metadata;
  if (!isEnvelope(envelope)) return 'its metadata is not that of an event';
  const octets = recorded.isJson ? octetsOf(recorded.data) : null;
  if (octets === null) return 'its data is no JSON';
  const { id, schemaVersion, occurredAt, recordedAt, salt, entry, metadata } = envelope;
  if (uuidOf(id) !== recorded.id) return 'its id is not that of its metadata';
  const event: StoredEvent = {
    stream: recorded.streamId.slice(log.length + 1),
    revision: recorded.revision,
    position: commitOf(recorded),
    ...{ id, type: recorded.type, schemaVersion, occurredAt, recordedAt, salt, data: recorded.data, metadata },
  };
  return { event, entry: Buffer.from(entry, 'hex'), octets };
}

/** Throws Corrupt. */
export function mustRead(recorded: RecordedEvent, log: string): Read {
  const read = asRead(recorded, log);
  if (typeof read !== 'string') return read;
  const position = commitOf(recorded);
  throw new EventStoreError('Corrupt', `The event at position ${position} is damaged (${read}); verify the log.`);
}

/** The commit position in twenty digits: it rises with the log, by as much as each event is long. */
export function positionText(commit: bigint): Position {
  return String(commit).padStart(20, '0') as Position;
}

/** What a single append writes commits itself: both halves of its position are the same. */
export function commitOf({ position, streamId }: RecordedEvent): StoredEvent['position'] {
  if (position === undefined || position.commit !== position.prepare || position.commit >= 2n ** 63n)
    throw new EventStoreError('Corrupt', `An event of stream ${streamId} was stored in a transaction, not by us.`);
  return positionText(position.commit);
}

function octetsOf(value: unknown): number | null {
  try {
    return Buffer.byteLength(canonicalJson(value));
  } catch {
    return null;
  }
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  const of = value as Readonly<Partial<Record<string, unknown>>>;
  const texts = ['id', 'occurredAt', 'recordedAt', 'salt', 'entry'].every((name) => typeof of[name] === 'string');
  const { metadata, entry, schemaVersion } = of;
  return (
    texts &&
    /^[0-9a-f]{64}$/.test(String(entry)) &&
    Number.isSafeInteger(schemaVersion) &&
    typeof metadata === 'object' &&
    metadata !== null &&
    Object.values(metadata).every((one) => typeof one === 'string')
  );
}
