/** Trust lists as compact JWS (RFC 7515), ES256, by node-jose: the edge where other people's tools read ours. */
import type { KeyObject } from 'node:crypto';
import jose from 'node-jose';
import { type PublicJwk, publicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

const TYPE = 'keyledger-trust-list+jws';

/**
 * Signs the text; the key is P-256, private. It goes to node-jose as a JWK: its PEM reader takes a public point whose
 * second octet is 3f for nested ASN.1, and fails on one key in 256.
 */
export async function signTrustList(text: string, key: KeyObject): Promise<string> {
  const jwk = await jose.JWK.asKey(key.export({ format: 'jwk' }));
  const options = { format: 'compact' as const, fields: { alg: 'ES256', typ: TYPE } };
  const signed: unknown = await jose.JWS.createSign(options, jwk).update(text, 'utf8').final();
  if (typeof signed !== 'string') throw new TypeError('node-jose gave another serialization than the compact one');
  return signed;
}

/** The signed text, when this key signed it as a trust list. */
export async function verifyTrustList(jws: string, key: KeyObject): Promise<string | Refusal> {
  const jwk: PublicJwk = publicJwk(key);
  try {
    const verified = await jose.JWS.createVerify(await jose.JWK.asKey(jwk), { algorithms: ['ES256'] }).verify(jws);
    const header: { typ?: unknown } = verified.header;
    if (header.typ === TYPE) return verified.payload.toString('utf8');
  } catch {
    // node-jose throws for whatever does not hold
  }
  return refuse('TRUST_LIST_SIGNATURE', 'The trust list is not signed by the key that the deployment names for it.');
}

/** The text of a list without any word about its signature; empty where it is no compact JWS. */
export function unverifiedTrustList(jws: string): string {
  return Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
}
