/**
 * The statement that an operator signs to sign in. He makes the session's token himself and signs its hash: so the
 * platform never hands out a secret, the record may hold the hash, and the token is worth nothing without the signature.
 */
import { ascii } from './bytes.ts';
import { canonicalJson, parseCanonical } from './canonical-json.ts';
import type { Seconds } from './clock.ts';
import { hashId } from './hash.ts';
import { operatorRoles } from './operator-roles.ts';
import { type Refusal, isRefusal, refuse } from './refusal.ts';
import { type Read, closed, hash, integer, name, oneOf, text } from './template.ts';

export const SIGN_IN_DOMAIN = 'keyledger/sign-in/v1';

/** A session lasts no longer than this, seconds; nobody who found a token has it for long. */
export const SIGN_IN_LIFE_MAX: Seconds = 3600;
export const SIGN_IN_LIFE: Seconds = 1800;

/** 48 octets that the platform made, base64url. */
export const challengeText = text(64, /^[A-Za-z0-9_-]{64}$/);

const statement = closed({
  challenge: challengeText,
  domain: oneOf(SIGN_IN_DOMAIN),
  genesis: hash,
  operator: name,
  roles: operatorRoles,
  session: hash,
  until: integer(0),
});

export type SignInStatement = Read<typeof statement>;

export function signInText(it: Omit<SignInStatement, 'domain'>): string {
  return canonicalJson({ domain: SIGN_IN_DOMAIN, ...it });
}

/** Reads a statement in its one spelling; roles stand once each. */
export function parseSignIn(textGiven: string): SignInStatement | Refusal {
  const value = parseCanonical(ascii(textGiven), { octetsMax: 1024, depthMax: 2 });
  const read = isRefusal(value) ? value : statement(value, 'statement');
  if (isRefusal(read)) return read;
  return new Set(read.roles).size === read.roles.length
    ? read
    : refuse('BAD_SHAPE', 'statement.roles must name each role once.');
}

/** A session's id: SHA-256 of its token, which is 32 random octets as base64url. */
export function sessionOf(token: string): string {
  return hashId(ascii(token));
}

/** Whether a text can be a session's token. */
export function isSessionToken(given: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(given);
}
