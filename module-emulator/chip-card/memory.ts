/** What a chip card keeps when the power is off. It lies in one sealed image; private keys never leave it. */
import { type KeyObject, createPrivateKey, generateKeyPairSync, scryptSync, timingSafeEqual } from 'node:crypto';
import type { PinOwner } from '#libs/chip-card-protocol/commands.ts';
import type { Enforcement } from '#libs/chip-card-protocol/log-entry.ts';
import { encodeDevice } from '#libs/chip-card-protocol/birth.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId, publicHalf, spkiOf } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { Recent } from '#libs/kernel/recent.ts';

export const PIN_TRIES = 3;

/** Text members are base64url octets unless they say otherwise; a private key is PKCS #8. */
export interface CardMemory {
  /** The card's own number, plain text. */
  readonly card: string;
  readonly life: 'manufactured' | 'initialized' | 'issued' | 'active' | 'blocked';
  readonly deviceKey: string;
  /** The card maker's signature over the device key. */
  readonly deviceSignature: string;
  readonly pins: Readonly<Record<PinOwner, Pin>>;
  readonly customer: Customer | null;
  readonly signingKey: string | null;
  readonly logKey: string | null;
  /** The card CA certificate. */
  readonly cardCa: string | null;
  /** How many entries the log holds before it must be archived. */
  readonly capacity: number;
  /** The entries that were not archived yet. */
  readonly log: readonly Issue[];
  readonly archived: Archived;
  /** A lease for several entries survives the power; one for a single entry lies in the session. */
  readonly keptLease: KeptLease | null;
  /** Number and spend reserved before the signature is made; finished first of all after a loss of power. */
  readonly reserved: Reservation | null;
  /** The greatest time a lease has shown, seconds. */
  readonly timeSeen: number;
}

export interface Pin {
  readonly salt: string;
  readonly hash: string;
  /** The cost of a guess at a stolen image: N of scrypt (RFC 7914); 1024 where it is left out. */
  readonly cost?: number;
  readonly triesLeft: number;
}

/** Put once, at issue, with both custodians' PINs. */
export interface Customer {
  readonly genesis: string;
  readonly approverSet: string;
  readonly leaseKeySpki: string;
  readonly identityCaSpki: string;
  /** Plain text. */
  readonly organization: string;
}

export interface Issue {
  readonly entry: string;
  readonly spki: string;
  /** End of the order's window, seconds: afterwards no lease lets it be used, and its spend may be forgotten. */
  readonly until: number;
}

/** What is left of entries that headquarters keeps: number and head of the last, and the spends that still matter. */
export interface Archived {
  readonly number: number;
  readonly head: string;
  readonly spends: readonly Spend[];
}

/** SHA-256(order hash ‖ serial). */
export interface Spend {
  readonly spend: string;
  readonly until: number;
}

export interface KeptLease {
  /** As headquarters signed it. */
  readonly statement: string;
  readonly entriesLeft: number;
}

export interface Reservation {
  readonly draft: string;
  readonly spki: string;
  readonly stationNextKey: string;
  readonly until: number;
}

/** Octets of a base64url member; members are written by this card alone. */
export function octets(member: string | null): Uint8Array {
  return (member === null ? null : fromBase64url(member)) ?? new Uint8Array();
}

/** Keys as the card's processor has them at hand; named by their digest, so that no secret text is kept. */
const OPENED = new Recent<KeyObject>(64);

export function privateKey(member: string | null): KeyObject {
  const der = octets(member);
  return OPENED.get(hashId(der), () => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
}

export function newPrivateKey(): string {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return toBase64url(Uint8Array.from(key.export({ format: 'der', type: 'pkcs8' })));
}

/** Opens what memory keeps of a key that lies outside; no base64url text begins so. */
const OUTSIDE = 'outside:';

/** What the memory keeps of a key pair whose private half lies elsewhere: the public half, SPKI, DER. */
export function keyOutside(spki: Uint8Array): string {
  return OUTSIDE + toBase64url(spki);
}

export function publicSpki(member: string | null): Uint8Array {
  if (member?.startsWith(OUTSIDE) === true) return octets(member.slice(OUTSIDE.length));
  return spkiOf(publicHalf(privateKey(member)));
}

const PIN_COST = 1024;

export function newPin(digits: string, cost = PIN_COST): Pin {
  const salt = randomOctets(16);
  const pin = { salt: toBase64url(salt), hash: toBase64url(pinHash(digits, salt, cost)), triesLeft: PIN_TRIES };
  return cost === PIN_COST ? pin : { ...pin, cost };
}

export function pinHolds(pin: Pin, digits: string): boolean {
  return timingSafeEqual(pinHash(digits, octets(pin.salt), pin.cost ?? PIN_COST), octets(pin.hash));
}

function pinHash(digits: string, salt: Uint8Array, cost: number): Uint8Array {
  return Uint8Array.from(scryptSync(digits, salt, 32, { N: cost }));
}

export interface Manufacture {
  readonly card: string;
  readonly pins: Readonly<Record<PinOwner, string>>;
  readonly capacity: number;
  /** Of `Pin.cost`. */
  readonly pinCost?: number;
  /** `host` makes it an agent; a card where it is left out. */
  readonly enforcement?: Enforcement;
  /** The card maker's signature, 64 octets r‖s. */
  readonly makerSigns: (statement: Uint8Array) => Uint8Array;
}

/** A card as it leaves its maker: a device key that the maker vouches for, PINs, nothing of a customer. */
export function manufacturedCard(it: Manufacture): CardMemory {
  const deviceKey = newPrivateKey();
  return {
    card: it.card,
    life: 'manufactured',
    deviceKey,
    deviceSignature: toBase64url(it.makerSigns(encodeDevice(it.card, publicSpki(deviceKey), it.enforcement))),
    pins: {
      technician: newPin(it.pins.technician, it.pinCost),
      custodian1: newPin(it.pins.custodian1, it.pinCost),
      custodian2: newPin(it.pins.custodian2, it.pinCost),
    },
    customer: null,
    signingKey: null,
    logKey: null,
    cardCa: null,
    capacity: it.capacity,
    log: [],
    archived: { number: 0, head: toBase64url(new Uint8Array(32)), spends: [] },
    keptLease: null,
    reserved: null,
    timeSeen: 0,
  };
}
