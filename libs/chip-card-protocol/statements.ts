/** Statements about a card that others sign or check: its birth, and the lease without which it signs nothing. */
import { OctetReader, Truncated, ascii, concat, equal, short, u16, u64, u8 } from '#libs/kernel/bytes.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { ENFORCEMENTS, type Enforcement } from './log-entry.ts';

const BIRTH = ascii('keyledger birth v1\n');
const LEASE = ascii('keyledger lease v1\n');
const ARCHIVE = ascii('keyledger card archive v1\n');

/** Leases name at most this many withdrawn orders; a fuller list waits for the next approver set. */
export const WITHDRAWN_MAX = 200;

/** Made by GENERATE KEY, signed by the device key that the card's maker put in. */
export interface Birth {
  readonly card: string;
  /** RFC 7638 thumbprint of the signing key, 32 octets. */
  readonly cardKey: Uint8Array;
  readonly genesis: Uint8Array;
  readonly approverSet: Uint8Array;
  readonly enforcement: Enforcement;
  /** SPKI of the separate key that signs log heads, DER. */
  readonly logKey: Uint8Array;
}

export function encodeBirth(it: Birth): Uint8Array {
  const bornInside = u8(1);
  return concat(
    BIRTH,
    short(ascii(it.card)),
    it.cardKey,
    bornInside,
    it.genesis,
    it.approverSet,
    u8(ENFORCEMENTS.indexOf(it.enforcement)),
    short(it.logKey),
  );
}

export function decodeBirth(octets: Uint8Array): Birth | Refusal {
  return decode(octets, BIRTH, (from) => {
    const card = Buffer.from(from.short()).toString('latin1');
    const cardKey = from.take(32);
    if (from.u8() !== 1) throw new Truncated('a key that was not born inside');
    const [genesis, approverSet] = [from.take(32), from.take(32)];
    const enforcement = ENFORCEMENTS[from.u8()];
    if (enforcement === undefined) throw new Truncated('an unknown enforcement');
    return { card, cardKey, genesis, approverSet, enforcement, logKey: from.short() };
  });
}

/** Signed by the lease key at the custodians' headquarters; the card has no clock and cannot tell online from offline. */
export interface Lease {
  readonly card: string;
  /** The card's own outstanding challenge, 32 octets. */
  readonly challenge: Uint8Array;
  /** Seconds since 1970. */
  readonly time: number;
  readonly approverSet: Uint8Array;
  /** Log entries it is good for. */
  readonly entries: number;
  /** Ids of withdrawn orders, 32 octets each. */
  readonly withdrawn: readonly Uint8Array[];
}

export function encodeLease(it: Lease): Uint8Array {
  return concat(
    LEASE,
    short(ascii(it.card)),
    it.challenge,
    u64(it.time),
    it.approverSet,
    u16(it.entries),
    u16(it.withdrawn.length),
    ...it.withdrawn,
  );
}

export function decodeLease(octets: Uint8Array): Lease | Refusal {
  return decode(octets, LEASE, (from) => {
    const card = Buffer.from(from.short()).toString('latin1');
    const [challenge, time, approverSet, entries] = [from.take(32), from.safe64(), from.take(32), from.u16()];
    const count = from.u16();
    if (count > WITHDRAWN_MAX) throw new Truncated('too many withdrawn orders');
    const withdrawn = Array.from({ length: count }, () => from.take(32));
    return { card, challenge, time, approverSet, entries, withdrawn };
  });
}

/** Headquarters' receipt for the entries of a card's log up to a number: signed by the lease key. */
export interface Archive {
  readonly card: string;
  /** Number of the last entry that headquarters keeps. */
  readonly number: number;
  /** Head after that entry, 32 octets. */
  readonly head: Uint8Array;
}

export function encodeArchive(it: Archive): Uint8Array {
  return concat(ARCHIVE, short(ascii(it.card)), u64(it.number), it.head);
}

export function decodeArchive(octets: Uint8Array): Archive | Refusal {
  return decode(octets, ARCHIVE, (from) => ({
    card: Buffer.from(from.short()).toString('latin1'),
    number: from.safe64(),
    head: from.take(32),
  }));
}

function decode<T>(octets: Uint8Array, prefix: Uint8Array, read: (from: OctetReader) => T): T | Refusal {
  const malformed = refuse('STATEMENT_MALFORMED', 'The octets are no statement of this kind; ask for it again.');
  try {
    const from = new OctetReader(octets);
    if (!equal(from.take(prefix.length), prefix)) return malformed;
    const value = read(from);
    return from.left === 0 ? value : malformed;
  } catch (error) {
    if (error instanceof Truncated) return malformed;
    throw error;
  }
}
