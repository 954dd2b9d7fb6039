/** How a forger changes a log: events taken out, put in and altered, and a card's issue signed anew by whoever has its key. */
import type { KeyObject } from 'node:crypto';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { lowS, signRaw } from '#libs/certificates/ecdsa.ts';
import { certificateOfEntry, tbsOfEntry } from '#libs/chip-card-protocol/certificate-of-entry.ts';
import { type LogEntry, decodeLogEntry, encodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { proofText, signReport } from '#libs/kernel/report.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { hashId, sha256 } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';

export type Log = readonly StoredEvent[];
export type Data = Record<string, unknown>;

/** The nth event of a type, from 0. */
export function nth(log: Log, type: string, n = 0): StoredEvent {
  const found = log.filter((event) => event.type === type)[n];
  if (found === undefined) throw new Error(`the log has no ${type} number ${n}`);
  return found;
}

export const dataOf = (event: StoredEvent): Data => structuredClone(event.data) as Data;

/** The log with another data in one event. */
export function altered(log: Log, event: StoredEvent, change: (data: Data) => Data): Log {
  return log.map((one) => (one === event ? { ...one, data: change(dataOf(one)) } : one));
}

export function without(log: Log, ...events: readonly StoredEvent[]): Log {
  return log.filter((one) => !events.includes(one));
}

/** New events in front of one, or at the end. */
export function inserted(
  log: Log,
  before: StoredEvent | null,
  ...events: readonly { stream: string; type: string; data: unknown }[]
): Log {
  const at = before === null ? log.length : log.indexOf(before);
  const pattern = log[0]!;
  const made = events.map((event, n) => ({
    ...pattern,
    ...event,
    id: `${pattern.id.slice(0, 30)}${String(at * 100 + n).padStart(6, '0')}`,
  }));
  return [...log.slice(0, at), ...made, ...log.slice(at)];
}

/** Positions and revisions as an engine would give them; recorded times never fall. */
export function numbered(log: Log): Log {
  const revisions = new Map<string, bigint>();
  let recordedAt = '';
  return log.map((event, index) => {
    const revision = revisions.get(event.stream) ?? 0n;
    revisions.set(event.stream, revision + 1n);
    recordedAt = event.recordedAt > recordedAt ? event.recordedAt : recordedAt;
    return { ...event, revision, recordedAt, position: String(index).padStart(20, '0') as Position };
  });
}

export const octets = (text: unknown): Uint8Array => fromBase64url(String(text))!;

export interface Signing {
  readonly key: KeyObject;
  readonly cardCa: Uint8Array;
  readonly spki: Uint8Array;
  readonly stationNextKey: string;
}

/** What a thief of the card's key signs: an entry with everything in it true to itself. */
export function signedEntry(
  entry: LogEntry,
  { key, cardCa, spki, stationNextKey }: Signing,
): { entry: Uint8Array; fingerprint: string } {
  const issuer = parseCardAuthority(cardCa);
  if (isRefusal(issuer)) throw new Error(issuer.code);
  const tbs = tbsOfEntry(entry, spki, issuer);
  const station = { tbsHash: sha256(tbs), stationKey: entry.stationKeyHash, stationNextKey: octets(stationNextKey) };
  const signed = {
    ...entry,
    tbsHash: sha256(tbs),
    stationSignature: signRaw(encodeStationStatement(station), key),
    signature: signRaw(tbs, key),
  };
  return { entry: encodeLogEntry(signed), fingerprint: hashId(certificateOfEntry(signed, spki, issuer)) };
}

/** Fingerprint of the certificate that follows from an entry as it stands. */
export function fingerprintOfEntry(entry: LogEntry, { cardCa, spki }: Signing): string {
  const issuer = parseCardAuthority(cardCa);
  if (isRefusal(issuer)) throw new Error(issuer.code);
  return hashId(certificateOfEntry(entry, spki, issuer));
}

export function entryIn(issued: StoredEvent): LogEntry {
  const entry = decodeLogEntry(octets(dataOf(issued).entry));
  if (isRefusal(entry)) throw new Error(entry.code);
  return entry;
}

/** The log with another entry in its first issue, the certificate's fingerprint in every event that names it. */
export function reissued(log: Log, made: { readonly entry: Uint8Array; readonly fingerprint: string }): Log {
  const issued = nth(log, 'CertificateIssued');
  return altered(log, issued, (data) => ({ ...data, entry: toBase64url(made.entry), fingerprint: made.fingerprint }));
}

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other valid form of a signature. */
export function highS(signature: Uint8Array): Uint8Array {
  const low = lowS(signature);
  const s = N - BigInt(`0x${Buffer.from(low.slice(32)).toString('hex')}`);
  return Uint8Array.from(Buffer.concat([low.slice(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]));
}

/** Every report signed anew, as whoever also owns unit and station would: so that what is checked behind it shows. */
export function reportedAnew(log: Log, credentials: Readonly<Record<'unit' | 'station', KeyObject>>): Log {
  const genesis = hashId(utf8(canonicalJson(log[0]?.data)));
  return log.map((event) => {
    const by = deviceOf(event.stream);
    if (by === null || event.type.startsWith('Report') || !isReported(log, event)) return event;
    const { stream, occurredAt, type, data } = event;
    const { proof } = signReport(
      { by: by.name, genesis, stream, occurredAt, fact: { type, data } },
      credentials[by.key],
    );
    return { ...event, metadata: { ...event.metadata, actor: by.name, proof: proofText(proof) } };
  });
}

function isReported(log: Log, event: StoredEvent): boolean {
  const next = log.slice(log.indexOf(event) + 1).find(({ stream }) => stream === event.stream);
  return next?.type === 'ReportAccepted' || next?.type === 'ReportContested';
}

function deviceOf(stream: string): { readonly name: string; readonly key: 'unit' | 'station' } | null {
  if (/^(personalization|unit)-/.test(stream)) return { name: `unit:${UNIT}`, key: 'unit' };
  return /^(session|trust-list)-/.test(stream) ? { name: `station:${STATION}`, key: 'station' } : null;
}
