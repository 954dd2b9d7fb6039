/** Digests and the two names of a public key: its JWK thumbprint and the hash of its SPKI. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { concat, toBase64url, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { Recent } from './recent.ts';

/** Public keys that were opened before: an import costs as much as the verification that it is for. Never what was verified. */
const OPENED = new Recent<KeyObject>(1024);
const JWKS = new WeakMap<KeyObject, PublicJwk>();
const SPKIS = new WeakMap<KeyObject, Uint8Array>();
const PUBLIC_HALVES = new WeakMap<KeyObject, KeyObject>();

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash('sha256')
    .update(concat(...parts))
    .digest();
  return Uint8Array.from(digest);
}

/** SHA-256 as base64url without padding: 43 characters; ids of orders, approver sets and the genesis. */
export function hashId(...parts: readonly Uint8Array[]): string {
  return toBase64url(sha256(...parts));
}

/** A P-256 or Ed25519 public key as RFC 7517 writes it, required members only. */
export interface PublicJwk {
  readonly crv: 'P-256' | 'Ed25519';
  readonly kty: 'EC' | 'OKP';
  readonly x: string;
  readonly y?: string;
}

/** RFC 7638 thumbprint (SHA-256), base64url. */
export function thumbprint(jwk: PublicJwk): string {
  const required =
    jwk.kty === 'EC' ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y } : { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return hashId(utf8(canonicalJson(required)));
}

/** Throws TypeError on a key of another kind. */
export function publicJwk(key: KeyObject): PublicJwk {
  const known = JWKS.get(key);
  if (known !== undefined) return known;
  const jwk = Object.freeze(readJwk(key));
  JWKS.set(key, jwk);
  return jwk;
}

function readJwk(key: KeyObject): PublicJwk {
  const jwk: JsonWebKey = key.export({ format: 'jwk' });
  if (jwk.kty === 'EC' && jwk.crv === 'P-256' && jwk.x !== undefined && jwk.y !== undefined)
    return { crv: 'P-256', kty: 'EC', x: jwk.x, y: jwk.y };
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && jwk.x !== undefined)
    return { crv: 'Ed25519', kty: 'OKP', x: jwk.x };
  throw new TypeError('only P-256 and Ed25519 keys are used here');
}

/** Throws where the coordinates are no point. */
export function keyFromJwk(jwk: PublicJwk): KeyObject {
  const key = { ...jwk };
  return OPENED.get(JSON.stringify(key), () => createPublicKey({ key, format: 'jwk' }));
}

/** The public half of a private key. */
export function publicHalf(key: KeyObject): KeyObject {
  const known = PUBLIC_HALVES.get(key);
  if (known !== undefined) return known;
  const half = createPublicKey(key);
  PUBLIC_HALVES.set(key, half);
  return half;
}

/** SubjectPublicKeyInfo, DER (RFC 5280 §4.1.2.7): 91 octets for P-256. */
export function spkiOf(key: KeyObject): Uint8Array {
  const spki = SPKIS.get(key) ?? Uint8Array.from(key.export({ format: 'der', type: 'spki' }));
  SPKIS.set(key, spki);
  return Uint8Array.from(spki);
}

/** A P-256 public key from its SPKI; throws on anything else. */
export function keyFromSpki(spki: Uint8Array): KeyObject {
  const der = Buffer.from(spki);
  return OPENED.get(der.toString('base64'), () => {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    publicJwk(key);
    return key;
  });
}
