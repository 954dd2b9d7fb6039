/** What a security module keeps when the power is off: one sealed image, private keys and all (S09a, S21b). */
import type { ModuleState } from '#libs/personalization-protocol/messages.ts';

/** Octets are base64url text, times seconds since 1970; a private key is PKCS #8. */
export interface ModuleMemory {
  /** Plain text, as on the housing. */
  readonly serial: string;
  /** Plain text. */
  readonly moduleClass: string;
  readonly state: ModuleState;
  /** Burnt in at manufacture: the root certificate, the same in every module (S08g). */
  readonly manufacturerRoot: string;
  /** Made at the end of manufacture, one for life (S25b). */
  readonly identityKey: string;
  /** Loaded by the manufacturer at initialization; null before. */
  readonly identity: Identity | null;
  /** Number of keys born in this module; it only rises. */
  readonly epoch: number;
  /** Fixed by the first personalization. */
  readonly genesis: string | null;
  readonly pending: PendingKey | null;
  readonly operation: Operation | null;
  readonly lastReset: LastReset | null;
  /** Highest CRL number seen. */
  readonly crlNumber: number;
  /** The module has no clock: the greatest thisUpdate or notBefore that it has verified. */
  readonly floor: number;
}

export interface Identity {
  readonly certificate: string;
  readonly identityCa: string;
}

/** A key that was born for one order and waits for its certificate. */
export interface PendingKey {
  readonly genesis: string;
  readonly orderHash: string;
  /** RFC 7638 thumbprint of the card's signing key. */
  readonly cardKey: string;
  readonly salt: string;
  readonly privateKey: string;
}

export interface LastReset {
  /** Of the key that was erased. */
  readonly epoch: number;
  /** Zeros after a direct intervention. */
  readonly orderHash: string;
  /** The deployment that the module belongs to since. */
  readonly genesis: string;
}

/** Stored together or not at all. */
export interface Operation {
  readonly privateKey: string;
  readonly certificate: string;
  readonly cardCa: string;
  readonly orderHash: string;
  /** SPKI hash of the one station it obeys, and of the key that will follow. */
  readonly stationKey: string;
  readonly stationNextKey: string;
}
