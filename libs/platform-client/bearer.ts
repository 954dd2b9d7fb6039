/** A bearer token that a device makes itself: a compact JWS by its own credential, short-lived, for one deployment. */
import type { KeyObject } from 'node:crypto';
import { ascii, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson, parseCanonical } from '#libs/kernel/canonical-json.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { signDetached, verifyDetached } from '#libs/kernel/detached-jws.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Read, closed, hash, integer, text } from '#libs/kernel/template.ts';

/** A token is good for this long, seconds. */
export const BEARER_LIFE: Seconds = 60;

const claims = closed({
  aud: hash,
  exp: integer(0),
  sub: text(80, /^(?:unit|station|headquarters):[A-Za-z0-9.:/-]+$/),
});

export type Claims = Read<typeof claims>;

/** Compact JWS (RFC 7515 §7.1) whose payload is `{aud: genesis, exp: seconds, sub: "unit:U-7"}`. */
export function bearerToken(it: Claims, key: KeyObject): string {
  const payload = ascii(canonicalJson(it));
  const proof = signDetached('keyledger-bearer+jws', payload, key);
  return `${proof.protected}.${toBase64url(payload)}.${proof.signature}`;
}

export interface BearerCheck {
  readonly genesis: string;
  readonly now: Seconds;
  /** The credential on record for a subject, or null. */
  readonly credentialOf: (subject: string) => PublicJwk | null;
}

/** The claims of a token, when its signature, deployment and time hold. */
export function checkBearer(token: string, check: BearerCheck): Claims | Refusal {
  const no = (why: string) =>
    refuse('BEARER_REFUSED', `The bearer token ${why}; sign a fresh one with the enrolled credential.`);
  const [header = '', payload = '', signature = '', more] = token.split('.');
  const bytes = fromBase64url(payload);
  if (token.length > 2048 || more !== undefined || bytes === null) return no('is malformed');
  const value = parseCanonical(bytes, { octetsMax: 512, depthMax: 1 });
  const read = isRefusal(value) ? value : claims(value, 'token');
  if (isRefusal(read)) return no('is malformed');
  if (read.aud !== check.genesis) return no('is for another deployment');
  if (read.exp < check.now || read.exp > check.now + 2 * BEARER_LIFE) return no('is not of now');
  const credential = check.credentialOf(read.sub);
  const proof = { protected: header, signature };
  if (credential === null || !verifyDetached('keyledger-bearer+jws', bytes, { proof, key: credential }))
    return no('is not signed by a credential on record');
  return read;
}
