/**
 * Flattened detached JWS (RFC 7515 §7.2.2, appendix F) with a header that is a template, not a parser:
 * the header bytes are exactly `{"alg":"…","kid":"…","typ":"…"}`. ES256 and EdDSA on node:crypto.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import { ascii, fromBase64url, toBase64url } from './bytes.ts';
import { type PublicJwk, keyFromJwk, publicHalf, publicJwk, thumbprint } from './hash.ts';
import { closed, text } from './template.ts';

/** What a signature means: part of the signed header, so that one can never be taken for another. */
export type StatementType =
  | 'keyledger-approval+jws'
  | 'keyledger-decline+jws'
  | 'keyledger-withdrawal+jws'
  | 'keyledger-report+jws'
  | 'keyledger-bearer+jws'
  | 'keyledger-sign-in+jws';

export interface Proof {
  /** base64url of the header bytes. */
  readonly protected: string;
  /** base64url of 64 octets: r‖s for ES256, R‖S for EdDSA. */
  readonly signature: string;
}

/** Template of a proof where it comes from outside; the longest header is a passkey's. */
export const proof = closed({
  protected: text(1600, /^[A-Za-z0-9_-]+$/),
  signature: text(86, /^[A-Za-z0-9_-]{86}$/),
});

function algorithmOf(jwk: PublicJwk): 'ES256' | 'EdDSA' {
  return jwk.crv === 'P-256' ? 'ES256' : 'EdDSA';
}

function header(type: StatementType, jwk: PublicJwk): string {
  return toBase64url(ascii(`{"alg":"${algorithmOf(jwk)}","kid":"${thumbprint(jwk)}","typ":"${type}"}`));
}

function signingInput(protectedHeader: string, payload: Uint8Array): Uint8Array {
  return ascii(`${protectedHeader}.${toBase64url(payload)}`);
}

export function signDetached(type: StatementType, payload: Uint8Array, key: KeyObject): Proof {
  const jwk = publicJwk(key.type === 'private' ? publicHalf(key) : key);
  const protectedHeader = header(type, jwk);
  const input = signingInput(protectedHeader, payload);
  const signature =
    jwk.crv === 'P-256' ? sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }) : sign(null, input, key);
  return { protected: protectedHeader, signature: toBase64url(Uint8Array.from(signature)) };
}

/** The key thumbprint that a proof of this type names, or null when its header is not the template. */
export function kidOf(type: StatementType, proof: Proof): string | null {
  const octets = fromBase64url(proof.protected);
  if (octets === null || octets.length > 192) return null;
  const match = /^\{"alg":"(?:ES256|EdDSA)","kid":"([A-Za-z0-9_-]{43})","typ":"([a-z+-]+)"\}$/.exec(
    Buffer.from(octets).toString('latin1'),
  );
  return match?.[2] === type ? (match[1] ?? null) : null;
}

/** Whether the proof is of this type, by this key, over these bytes. High-S is accepted: count persons, never signatures. */
export function verifyDetached(
  type: StatementType,
  payload: Uint8Array,
  by: { proof: Proof; key: PublicJwk },
): boolean {
  if (by.proof.protected !== header(type, by.key)) return false;
  const signature = fromBase64url(by.proof.signature);
  if (signature?.length !== 64) return false;
  const input = signingInput(by.proof.protected, payload);
  const key = keyFromJwk(by.key);
  return by.key.crv === 'P-256'
    ? verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, input, key, signature);
}
