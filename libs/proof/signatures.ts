/** Signatures and keys as the log spells them: base64url in, a plain yes or no out, whatever the octets are. */
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type PublicJwk, keyFromJwk, keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';

/** Octets of a base64url text; none where it is no such text, which no signature and no hash equals. */
export function octetsOf(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

export interface Signed {
  readonly over: Uint8Array;
  /** 64 octets r‖s. */
  readonly signature: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
}

export function signatureHolds({ over, signature, spki }: Signed): boolean {
  try {
    return verifyRaw(over, signature, keyFromSpki(spki));
  } catch {
    return false; // octets that are no P-256 key
  }
}

/** RFC 7638 thumbprint of a key given as SPKI or JWK; null where there is no such key. */
export function thumbprintOf(key: Uint8Array | PublicJwk): string | null {
  try {
    return thumbprint(publicJwk(key instanceof Uint8Array ? keyFromSpki(key) : keyFromJwk(key)));
  } catch {
    return null;
  }
}
