/** The key attestation: what a security module states about its fresh key, signed by its identity key (S25d). */
import { OctetReader, Truncated, ascii, concat, equal, short, u64, u8 } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

const ATTESTATION = ascii('keyledger attestation v1\n');
const SALT = ascii('keyledger salt v1\n');

/** How a key came to be; the place in this list is its octet. */
export const KEY_BIRTHS = ['manufacture', 'personalization', 'personalization-with-salt'] as const;
export type KeyBirth = (typeof KEY_BIRTHS)[number];

export interface Attestation {
  readonly genesis: Uint8Array;
  readonly orderHash: Uint8Array;
  /** RFC 7638 thumbprint of the card's signing key, 32 octets. */
  readonly cardKey: Uint8Array;
  readonly serial: string;
  /** Number of keys born in this module, this one counted. */
  readonly epoch: number;
  readonly moduleClass: string;
  /** SubjectPublicKeyInfo of the fresh key, DER. */
  readonly spki: Uint8Array;
  readonly keyBirth: KeyBirth;
  /** `saltOf` at the key's birth, 32 octets; zeros where there was none. */
  readonly salt: Uint8Array;
  /** The card's, 32 octets. */
  readonly challenge: Uint8Array;
  /** Seconds since 1970, as the unit gave it. */
  readonly unitTime: number;
  /** Of the TLS session it was made in, 32 octets. */
  readonly exporter: Uint8Array;
}

/** salt = SHA-256(`keyledger salt v1\n` ‖ challenge ‖ the unit's 32 octets): neither card nor unit sets it alone (S19b). */
export function saltOf(challenge: Uint8Array, unitRandom: Uint8Array): Uint8Array {
  return sha256(SALT, challenge, unitRandom);
}

/** The bytes that the identity key signs (ECDSA P-256, SHA-256, 64 octets r‖s, low-S). */
export function encodeAttestation(it: Attestation): Uint8Array {
  return concat(
    ATTESTATION,
    it.genesis,
    it.orderHash,
    it.cardKey,
    short(ascii(it.serial)),
    u64(it.epoch),
    short(ascii(it.moduleClass)),
    short(it.spki),
    u8(KEY_BIRTHS.indexOf(it.keyBirth)),
    it.salt,
    it.challenge,
    u64(it.unitTime),
    it.exporter,
  );
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;

function takeName(from: OctetReader): string {
  const text = Buffer.from(from.short()).toString('latin1');
  if (!NAME.test(text)) throw new Truncated('a name that is none');
  return text;
}

function takeBirth(from: OctetReader): KeyBirth {
  const birth = KEY_BIRTHS[from.u8()];
  if (birth === undefined) throw new Truncated('an unknown key birth');
  return birth;
}

/** Strict: exactly these fields and nothing behind them; refuses ATTESTATION_MALFORMED. */
export function decodeAttestation(octets: Uint8Array): Attestation | Refusal {
  const malformed = refuse('ATTESTATION_MALFORMED', 'The octets are no key attestation; have the module attest again.');
  try {
    const from = new OctetReader(octets);
    if (!equal(from.take(ATTESTATION.length), ATTESTATION)) return malformed;
    const [genesis, orderHash, cardKey] = [from.take(32), from.take(32), from.take(32)];
    const [serial, epoch, moduleClass, spki] = [takeName(from), from.safe64(), takeName(from), from.short()];
    const keyBirth = takeBirth(from);
    const [salt, challenge, unitTime, exporter] = [from.take(32), from.take(32), from.safe64(), from.take(32)];
    if (from.left !== 0) return malformed;
    return {
      genesis,
      orderHash,
      cardKey,
      serial,
      epoch,
      moduleClass,
      spki,
      keyBirth,
      salt,
      challenge,
      unitTime,
      exporter,
    };
  } catch (error) {
    if (error instanceof Truncated) return malformed;
    throw error;
  }
}
