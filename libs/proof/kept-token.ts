/**
 * An ID token that was kept beside the record, held against the sign-in that rests on it. Whether the key was the
 * provider's then, the record cannot show: it names the key, and whoever kept the provider's own list can compare.
 */
import { type JsonWebKey, constants, createPublicKey, verify } from 'node:crypto';
import type { SignIn } from '#libs/domain/sign-in/sign-in.ts';
import { ascii, fromBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { linkOf, nonceOf, providerSignInText } from '#libs/kernel/provider-sign-in.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { nameIn } from './known.ts';

/** What lies beside the record; any of it may have been thrown away. */
export interface Kept {
  /** Compact JWS, as the provider wrote it. */
  readonly token: string;
  /** The provider's key, public. */
  readonly jwk: JsonWebKey;
  /** Key of the link; null where it was thrown away. */
  readonly linkKey: Uint8Array | null;
}

const OTHER = refuse('ID_TOKEN_OTHER', 'What is kept beside the record is not the ID token that the sign-in names.');
const FORGED = refuse('ID_TOKEN_SIGNATURE', 'The kept ID token is not signed by the key that the sign-in names.');
const CLAIMS = refuse('ID_TOKEN_CLAIMS', 'The kept ID token was made for another sign-in, issuer or account.');

/** Null where the token carries the sign-in; `event` is a SignedIn by a provider. */
export function judgeKeptToken(event: StoredEvent, genesis: string, { token, jwk, linkKey }: Kept): Refusal | null {
  const { challenge, roles, until, provider } = event.data as SignIn;
  if (provider === undefined || hashId(utf8(token)) !== provider.idToken) return OTHER;
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (rfc7638(jwk) !== provider.key || !isSigned({ header, payload, signature }, jwk)) return FORGED;
  const { iss, sub, nonce } = objectIn(payload);
  const session = nameIn(event.stream, 'sign-in-');
  const statement = providerSignInText({ challenge, genesis, roles, session, until });
  const isOfAccount = linkKey === null || linkOf(linkKey, { issuer: iss ?? '', subject: sub ?? '' }) === provider.link;
  return iss === provider.issuer && nonce === nonceOf(statement) && isOfAccount ? null : CLAIMS;
}

/** Thumbprint of a key of any of the types that providers sign with. */
function rfc7638({ kty, crv, x, y, n, e }: JsonWebKey): string {
  const members = { EC: { crv, kty, x, y }, OKP: { crv, kty, x }, RSA: { e, kty, n } }[kty ?? ''];
  const all = Object.values(members ?? {}).every((one) => typeof one === 'string');
  return members === undefined || !all ? '' : hashId(utf8(canonicalJson(members)));
}

interface Parts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

function isSigned({ header, payload, signature }: Parts, jwk: JsonWebKey): boolean {
  const [over, octets] = [ascii(`${header}.${payload}`), fromBase64url(signature) ?? new Uint8Array()];
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    switch (objectIn(header).alg) {
      case 'ES256':
        return verify('sha256', over, { key, dsaEncoding: 'ieee-p1363' }, octets);
      case 'RS256':
        return verify('sha256', over, key, octets);
      case 'PS256':
        return verify('sha256', over, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, octets);
      case 'EdDSA':
        return verify(null, over, key, octets);
      default:
        return false;
    }
  } catch {
    return false; // no key of that algorithm
  }
}

/** The texts of a JWS part. */
function objectIn(part: string): Readonly<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(fromBase64url(part) ?? new Uint8Array()).toString('utf8'));
    const texts = Object.entries(value ?? {}).filter(([, one]) => typeof one === 'string');
    return Object.fromEntries(texts);
  } catch {
    return {}; // no JSON
  }
}
