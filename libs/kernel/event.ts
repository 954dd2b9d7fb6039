/** A stored event: what the log keeps of a fact, and how its entry in the seal is hashed. */
import { hash } from 'node:crypto';
import { canonicalJson, quoted } from './canonical-json.ts';
import { fromBase64url, utf8 } from './bytes.ts';
import { sha256 } from './hash.ts';

/** Opaque and of fixed width: string order is log order; never do arithmetic on it. */
export type Position = string & { readonly __brand: 'Position' };

/** 0-based and dense within one stream. */
export type Revision = bigint;

export interface NewEvent {
  /** UUIDv7, or derived from its cause. */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** RFC 3339 in UTC, by whoever saw it happen. */
  readonly occurredAt: string;
  /** RFC 3339 in UTC, by the platform's `handle`; never before the event in front of it. */
  readonly recordedAt: string;
  /** 16 random octets, base64url: hides what is sealed from who sees only the tiles. */
  readonly salt: string;
  /** RFC 8785 JSON. */
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
}

export type Sealed = Omit<StoredEvent, 'position'>;

/**
 * The entry of an event in the seal: SHA-256(salt ‖ JCS{id, stream, revision, type, schemaVersion,
 * occurredAt, recordedAt, data, metadata}), 32 octets. No position and no engine clock goes in, so that
 * an import into any engine keeps every entry.
 */
export function entryOf(event: Sealed): Uint8Array {
  const salt = fromBase64url(event.salt);
  if (salt === null) throw new TypeError('the salt of an event is base64url');
  return sha256(salt, utf8(sealedText(event)));
}

/** What of an event is sealed, canonical JSON: everything but its salt and its position. */
export function sealedText(event: Sealed): string {
  const { id, stream, type, schemaVersion, occurredAt, recordedAt, data, metadata } = event;
  const revision = Number(event.revision);
  return canonicalJson({ id, stream, revision, type, schemaVersion, occurredAt, recordedAt, data, metadata });
}

/** An event whose data and metadata are canonical JSON texts already, as they are stored. */
export interface CanonicalSealed extends Omit<Sealed, 'revision' | 'data' | 'metadata'> {
  readonly revision: number;
  readonly data: string;
  readonly metadata: string;
}

let scratch = Buffer.allocUnsafe(16_384);

/**
 * The entry of the same event without parsing or spelling anything anew, as a text, in which a digest costs least: 32
 * characters of one octet each (latin1), or 64 hexadecimal digits.
 */
export function entryOfCanonical(event: CanonicalSealed, as: 'binary' | 'hex' = 'binary'): string {
  const { id, stream, revision, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata } = event;
  const text =
    `{"data":${data},"id":${quoted(id)},"metadata":${metadata},"occurredAt":"${occurredAt}","recordedAt":"${recordedAt}"` +
    `,"revision":${revision},"schemaVersion":${schemaVersion},"stream":${quoted(stream)},"type":${quoted(type)}}`;
  const most = salt.length + 3 * text.length;
  if (most > scratch.length) scratch = Buffer.allocUnsafe(2 * most);
  const at = scratch.write(salt, 0, 'base64url');
  return hash('sha256', scratch.subarray(0, at + scratch.write(text, at)), as);
}
