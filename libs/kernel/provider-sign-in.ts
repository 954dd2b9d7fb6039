/**
 * Signing in by an OpenID Connect provider. The browser makes the session's token itself, and the nonce of the ID token is
 * the hash of the statement that names the token's hash: so the provider's signature holds for this session and no other.
 * The record knows the account by a link alone, which says nothing without a key that lies beside the record.
 */
import { createHmac } from 'node:crypto';
import { ascii, toBase64url, utf8 } from './bytes.ts';
import { canonicalJson, parseCanonical } from './canonical-json.ts';
import type { Seconds } from './clock.ts';
import { hashId } from './hash.ts';
import { operatorRoles } from './operator-roles.ts';
import { type Refusal, isRefusal, refuse } from './refusal.ts';
import { challengeText } from './sign-in.ts';
import { type Read, closed, hash, integer, oneOf, text } from './template.ts';

export const PROVIDER_SIGN_IN_DOMAIN = 'keyledger/provider-sign-in/v1';

/** From the challenge to the provider's answer, seconds: a person finds his second factor meanwhile. */
export const PROVIDER_SIGN_IN_LIFE: Seconds = 600;

/** An issuer as orders and events spell it: an https address, or http of this machine, without query or fragment. */
export const issuerText = text(200, /^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~/-]*)?$/);

const statement = closed({
  challenge: challengeText,
  domain: oneOf(PROVIDER_SIGN_IN_DOMAIN),
  genesis: hash,
  roles: operatorRoles,
  session: hash,
  until: integer(0),
});

export type ProviderSignInStatement = Read<typeof statement>;

export function providerSignInText(it: Omit<ProviderSignInStatement, 'domain'>): string {
  return canonicalJson({ domain: PROVIDER_SIGN_IN_DOMAIN, ...it });
}

/** Reads a statement in its one spelling; roles stand once each. */
export function parseProviderSignIn(given: string): ProviderSignInStatement | Refusal {
  const value = parseCanonical(ascii(given), { octetsMax: 1024, depthMax: 2 });
  const read = isRefusal(value) ? value : statement(value, 'statement');
  if (isRefusal(read)) return read;
  return new Set(read.roles).size === read.roles.length
    ? read
    : refuse('BAD_SHAPE', 'statement.roles must name each role once.');
}

/** What the ID token must carry as its nonce (OpenID Connect Core §3.1.2.1). */
export function nonceOf(said: string): string {
  return hashId(ascii(said));
}

/** What the provider must give back beside the code (RFC 6749 §10.12): known only to the browser that made the token. */
export function stateOf(said: string): string {
  return hashId(ascii('keyledger provider state v1\n'), ascii(said));
}

/** Who signed in at the provider, as the provider names him (OpenID Connect Core §2). */
export interface Account {
  readonly issuer: string;
  readonly subject: string;
}

/** The name of an account in orders and events: HMAC-SHA-256 under a key of the side store, one for each link. */
export function linkOf(key: Uint8Array, { issuer, subject }: Account): string {
  const mac = createHmac('sha256', key).update(utf8(`keyledger provider link v1\n${issuer}\n${subject}`));
  return toBase64url(Uint8Array.from(mac.digest()));
}
