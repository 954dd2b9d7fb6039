/** Where the signing key lies: in the card itself, or in something beside it that signs for whoever has its PIN. */
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { Enforcement } from '#libs/chip-card-protocol/log-entry.ts';
import { newPrivateKey, privateKey } from './memory.ts';

export interface SigningKeys {
  /** `host` where the key can be used without the law of the card. */
  readonly enforcement: Enforcement;
  /** Makes a key pair; answers what the card's memory keeps of it: the key itself, or `keyOutside`. */
  readonly make: () => string;
  /** Signs with what `make` answered: 64 octets r‖s, low-S, over SHA-256. Throws KeyUnavailable. */
  readonly sign: (held: string, over: Uint8Array) => Uint8Array;
}

/** A key outside that is gone, or does not open: the reservation stays, and is finished when the key is there again. */
export class KeyUnavailable extends Error {
  readonly code = 'KEY_UNAVAILABLE';
}

/** The card's own memory: nothing but the card's commands can use the key. */
export const keysInside: SigningKeys = {
  enforcement: 'device',
  make: newPrivateKey,
  sign: (held, over) => signRaw(over, privateKey(held)),
};
