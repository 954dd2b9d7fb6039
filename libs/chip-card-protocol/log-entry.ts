/** The chip card's own log: one chained entry per certificate it signed, and its signed head (big endian). */
import { OctetReader, Truncated, ascii, concat, short, toHex, u32, u64, u8 } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export const ASSURANCES = ['plausibility', 'operator-assured', 'mutual', 'manufacturer-anchored'] as const;
export type Assurance = (typeof ASSURANCES)[number];

export const ENFORCEMENTS = ['host', 'device'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

export const FIRST_HEAD = new Uint8Array(32);

const VERSION = 1;
const KIND_CERTIFICATE = 1;

export interface LogEntry {
  /** From 1, no gaps. */
  readonly number: number;
  readonly previousHead: Uint8Array;
  readonly orderHash: Uint8Array;
  /** Time of the lease: the card has no clock. */
  readonly cardTime: number;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly epoch: number;
  readonly spkiHash: Uint8Array;
  readonly tbsHash: Uint8Array;
  readonly approverSetVersion: number;
  readonly assurance: Assurance;
  readonly enforcement: Enforcement;
  readonly stationKeyHash: Uint8Array;
  /** Station statement's signature, 64 octets. */
  readonly stationSignature: Uint8Array;
  readonly profile: string;
  readonly serial: string;
  /** Thumbprints of the approval keys, 32 octets each, ascending. */
  readonly approvers: readonly Uint8Array[];
  /** Certificate's signature, r‖s, low-S. */
  readonly signature: Uint8Array;
}

export function encodeLogEntry(it: LogEntry): Uint8Array {
  return concat(
    u8(VERSION),
    u8(KIND_CERTIFICATE),
    u64(it.number),
    it.previousHead,
    it.orderHash,
    u64(it.cardTime),
    u64(it.notBefore),
    u64(it.notAfter),
    u64(it.epoch),
    it.spkiHash,
    it.tbsHash,
    u32(it.approverSetVersion),
    u8(ASSURANCES.indexOf(it.assurance)),
    u8(ENFORCEMENTS.indexOf(it.enforcement)),
    it.stationKeyHash,
    it.stationSignature,
    short(ascii(it.profile)),
    short(ascii(it.serial)),
    u8(it.approvers.length),
    ...it.approvers,
    it.signature,
  );
}

const BAD_ENTRY = refuse(
  'CARD_LOG_ENTRY_MALFORMED',
  'The octets are no entry of a card log; read it from the card again.',
);

/** Reads one entry; refuses octets that are not exactly one. */
export function decodeLogEntry(octets: Uint8Array): LogEntry | Refusal {
  try {
    const from = new OctetReader(octets);
    if (from.u8() !== VERSION || from.u8() !== KIND_CERTIFICATE) return BAD_ENTRY;
    const entry = readFields(from);
    return entry !== null && from.left === 0 && canBeCertified(entry) ? entry : BAD_ENTRY;
  } catch (error) {
    if (error instanceof Truncated) return BAD_ENTRY;
    throw error;
  }
}

/** What no certificate could hold stands in no entry: times beyond 9999, names that PrintableString does not have. */
function canBeCertified({ notBefore, notAfter, serial, profile }: LogEntry): boolean {
  return notBefore <= notAfter && notAfter <= NO_END && NAME.test(serial) && NAME.test(profile);
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;

function readFields(from: OctetReader): LogEntry | null {
  const front = {
    number: from.safe64(),
    previousHead: from.take(32),
    orderHash: from.take(32),
    cardTime: from.safe64(),
    notBefore: from.safe64(),
    notAfter: from.safe64(),
    epoch: from.safe64(),
    spkiHash: from.take(32),
    tbsHash: from.take(32),
    approverSetVersion: from.u32(),
  };
  const assurance = ASSURANCES[from.u8()];
  const enforcement = ENFORCEMENTS[from.u8()];
  if (assurance === undefined || enforcement === undefined) return null;
  return {
    ...front,
    assurance,
    enforcement,
    stationKeyHash: from.take(32),
    stationSignature: from.take(64),
    profile: Buffer.from(from.short()).toString('latin1'),
    serial: Buffer.from(from.short()).toString('latin1'),
    approvers: Array.from({ length: from.u8() }, () => from.take(32)),
    signature: from.take(64),
  };
}

/** Head after an entry: SHA-256(`keyledger card log v1\n` ‖ entry); binds number and previous head. */
export function headAfter(entry: Uint8Array): Uint8Array {
  return sha256(ascii('keyledger card log v1\n'), entry);
}

export interface LogHead {
  readonly card: string;
  readonly number: number;
  readonly head: Uint8Array;
  /** The caller's nonce, 16 octets. */
  readonly nonce: Uint8Array;
}

/** What the card's log key signs: `keyledger card log head v1\n`card`\n`number`\n`head`\n`nonce`\n`, in hex. */
export function encodeLogHead(it: LogHead): Uint8Array {
  return ascii(`keyledger card log head v1\n${it.card}\n${it.number}\n${toHex(it.head)}\n${toHex(it.nonce)}\n`);
}
