/** An event of ours as KurrentDB keeps it: its data as JSON, all else in its metadata; and back again. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type EventData, type JSONType, jsonEvent } from '@kurrent/kurrentdb-client';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Position, type StoredEvent, entryOfCanonical } from '#libs/kernel/event.ts';
import type { AdmittedEvent } from '../admission.ts';
import { EventStoreError } from '../event-store.ts';
import type { Recorded } from './questions.ts';

/** What stands in KurrentDB's metadata of each event of ours, in this order; `entry` in hexadecimal digits, as sealed. */
interface Envelope {
  readonly id: string;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly salt: string;
  readonly entry: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Read {
  readonly event: StoredEvent;
  /** As it was stored beside the event. */
  readonly entry: Uint8Array;
  /** Of its data and metadata. */
  readonly octets: number;
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

/** An event read back; a text where it is none of ours, saying why. */
export function asRead(recorded: Recorded, log: string): Read | string {
  const envelope = envelopeIn(recorded.metadata);
  if (envelope === null) return 'its metadata is not that of an event';
  const data = recorded.json ? jsonIn(recorded.data) : undefined;
  if (data === undefined) return 'its data is not JSON as it is written here';
  const { id, schemaVersion, occurredAt, recordedAt, salt, entry, metadata } = envelope;
  if (uuidOf(id) !== recorded.id) return 'its id is not that of its metadata';
  if (!commitsItself(recorded)) return 'it was stored in a transaction, not by us';
  const event: StoredEvent = {
    stream: recorded.stream.slice(log.length + 1),
    revision: recorded.revision,
    position: positionText(recorded.commit),
    ...{ id, type: recorded.type, schemaVersion, occurredAt, recordedAt, salt, data, metadata },
  };
  return { event, entry: Buffer.from(entry, 'hex'), octets: recorded.data.length + recorded.metadata.length };
}

/** Throws Corrupt. */
export function mustRead(recorded: Recorded, log: string): Read {
  const read = asRead(recorded, log);
  if (typeof read !== 'string') return read;
  throw new EventStoreError(
    'Corrupt',
    `The event at position ${positionText(recorded.commit)} is damaged (${read}); verify the log.`,
  );
}

/** The commit position in twenty digits: it rises with the log, by as much as each event is long. */
export function positionText(commit: bigint): Position {
  return String(commit).padStart(20, '0') as Position;
}

/** Throws Corrupt. */
export function positionIn(recorded: Recorded): Position {
  if (!commitsItself(recorded))
    throw new EventStoreError('Corrupt', `An event of ${recorded.stream} was stored in a transaction, not by us.`);
  return positionText(recorded.commit);
}

/** What a single append writes commits itself: both halves of its position are the same. */
function commitsItself({ commit, prepare }: Recorded): boolean {
  return commit === prepare && commit < 2n ** 63n;
}

/** The value of octets that are spelled exactly as the driver spells it; undefined of any other. */
export function jsonIn(octets: Uint8Array): unknown {
  const text = textIn(octets);
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(JSON.parse(canonicalJson(value))) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without a copy; null where they are no UTF-8. */
function textIn(octets: Uint8Array): string | null {
  return isUtf8(octets) ? Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('utf8') : null;
}

function envelopeIn(octets: Uint8Array): Envelope | null {
  const text = textIn(octets);
  if (text === null) return null;
  try {
    const { id, schemaVersion, occurredAt, recordedAt, salt, entry, metadata } = JSON.parse(text) as Envelope;
    const texts = [id, occurredAt, recordedAt, salt, entry, ...Object.values(metadata)];
    const formed = texts.every((one) => typeof one === 'string') && Number.isSafeInteger(schemaVersion);
    const again = JSON.stringify({ id, schemaVersion, occurredAt, recordedAt, salt, entry, metadata });
    return formed && /^[0-9a-f]{64}$/.test(entry) && again === text
      ? { id, schemaVersion, occurredAt, recordedAt, salt, entry, metadata }
      : null;
  } catch {
    return null;
  }
}
