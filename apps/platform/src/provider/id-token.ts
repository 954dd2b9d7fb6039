/** An ID token judged as OpenID Connect Core §3.1.3.7 has it: by the provider's own keys, for us, now, and for this nonce. */
import { type JWK, type JWTHeaderParameters, calculateJwkThumbprint, errors, importJWK, jwtVerify } from 'jose';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { PROVIDER_SIGN_IN_LIFE } from '#libs/kernel/provider-sign-in.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

/** Signatures by a key pair alone: a secret that we share with the provider proves nothing to an auditor. */
const KEY_TYPES: Readonly<Record<string, string>> = { ES256: 'EC', RS256: 'RSA', PS256: 'RSA', EdDSA: 'OKP' };
const ALGORITHMS = Object.keys(KEY_TYPES);

/** How far the provider's clock may be from ours. */
const SKEW: Seconds = 30;

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly now: Seconds;
}

export interface JudgedToken {
  readonly subject: string;
  /** base64url(SHA-256(token)). */
  readonly hash: string;
  /** The key that signed it, public, and its thumbprint. */
  readonly jwk: JWK;
  readonly key: string;
}

const MALFORMED = refuse('PROVIDER_TOKEN', 'The provider gave no ID token that can be read.');
const NONCE = refuse('PROVIDER_NONCE', 'The ID token was made for another sign-in than this one.');
const AUDIENCE = refuse('PROVIDER_AUDIENCE', 'The ID token was made for another client than this platform.');
const ISSUER = refuse('PROVIDER_ISSUER', 'The ID token is of another issuer than the one that is set down here.');
const OLD = refuse('PROVIDER_TOKEN_OLD', 'The ID token has expired, is too old, or is of a time to come.');

/** By the code of the library's error. */
const BY_ERROR: Readonly<Record<string, Refusal>> = {
  [errors.JOSEAlgNotAllowed.code]: refuse(
    'PROVIDER_ALGORITHM',
    `An ID token is signed by ${ALGORITHMS.join(', ')} and by nothing else.`,
  ),
  [errors.JWKSNoMatchingKey.code]: refuse(
    'PROVIDER_KEY',
    'The provider shows no key by which this ID token is signed.',
  ),
  [errors.JWSSignatureVerificationFailed.code]: refuse(
    'PROVIDER_SIGNATURE',
    'The ID token is not signed by the key that it names.',
  ),
  [errors.JWTExpired.code]: OLD,
};
const BY_CLAIM: Readonly<Record<string, Refusal>> = { iss: ISSUER, aud: AUDIENCE, exp: OLD, iat: OLD, nbf: OLD };

export async function judgeIdToken(token: string, keys: readonly JWK[], it: Expected): Promise<JudgedToken | Refusal> {
  let jwk: JWK = {};
  const choose = (header: JWTHeaderParameters) => {
    jwk = keyFor(keys, header);
    return importJWK(jwk, header.alg);
  };
  try {
    const { payload } = await jwtVerify(token, choose, {
      issuer: it.issuer,
      audience: it.clientId,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      clockTolerance: SKEW,
      maxTokenAge: PROVIDER_SIGN_IN_LIFE,
      currentDate: new Date(it.now * 1000),
    });
    if (payload.nonce !== it.nonce) return NONCE;
    const isOnlyOurs = payload.aud === it.clientId || (Array.isArray(payload.aud) && payload.aud.length === 1);
    const isForUs = payload.azp === undefined ? isOnlyOurs : payload.azp === it.clientId;
    if (!isForUs) return AUDIENCE;
    const subject = payload.sub ?? '';
    if (!/^[ -~]{1,255}$/.test(subject)) return MALFORMED;
    return { subject, hash: hashId(ascii(token)), jwk, key: await calculateJwkThumbprint(jwk) };
  } catch (error) {
    return refusalOf(error);
  }
}

/** The one key that the header can mean; where it could mean two, the provider has to name one. */
function keyFor(keys: readonly JWK[], { alg, kid }: JWTHeaderParameters): JWK {
  const fitting = keys.filter(
    (one) => one.kty === KEY_TYPES[alg] && one.use !== 'enc' && (kid === undefined || one.kid === kid),
  );
  const [only, another] = fitting;
  if (only === undefined || another !== undefined) throw new errors.JWKSNoMatchingKey();
  return publicPart(only);
}

/** The members that make the key (RFC 7638 §3.2), and nothing of what a provider writes beside them. */
function publicPart({ kty, crv, x, y, n, e }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK; // without what is undefined
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function refusalOf(error: unknown): Refusal {
  const code = codeOf(error);
  const claim = typeof error === 'object' && error !== null && 'claim' in error ? String(error.claim) : '';
  if (code === errors.JWTClaimValidationFailed.code) return BY_CLAIM[claim] ?? (claim === 'nonce' ? NONCE : MALFORMED);
  return BY_ERROR[code] ?? MALFORMED;
}
