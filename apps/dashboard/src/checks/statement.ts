/** What a person signs in this page: detached JWS (RFC 7515 appendix F) with a header of one fixed spelling. */
import { canonical } from './canonical.ts';
import { hashId } from './hash.ts';
import type { OpenKey } from './key-file.ts';
import { toBase64url, utf8 } from './octets.ts';

export interface Proof {
  readonly protected: string;
  readonly signature: string;
}

export async function signDetached(type: string, payload: string, { key, kid }: OpenKey): Promise<Proof> {
  const header = toBase64url(utf8(`{"alg":"ES256","kid":"${kid}","typ":"${type}"}`));
  const input = utf8(`${header}.${toBase64url(utf8(payload))}`);
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, input);
  return { protected: header, signature: toBase64url(new Uint8Array(signature)) };
}

export interface SignIn {
  readonly challenge: string;
  readonly genesis: string;
  readonly operator: string;
  readonly roles: readonly string[];
  /** Second at which the session ends. */
  readonly until: number;
}

export interface MadeSession<Answer extends Proof | null> {
  /** 32 random octets, base64url: the bearer token. Only its hash is told. */
  readonly token: string;
  readonly statement: string;
  readonly proof: Answer;
}

/** How the statement is signed: by a key file, or by a passkey that answers its hash. */
export type Signs<Answer extends Proof | null> = (statement: string) => Promise<Answer>;

export const byKey =
  (key: OpenKey): Signs<Proof> =>
  (statement) =>
    signDetached('keyledger-sign-in+jws', statement, key);

/** Makes the token, and has its hash signed together with who asks for it. */
export async function signInWith<Answer extends Proof | null>(
  signs: Signs<Answer>,
  it: SignIn,
): Promise<MadeSession<Answer>> {
  const token = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const statement = canonical({ ...it, domain: 'keyledger/sign-in/v1', session: await hashId(token) });
  return { token, statement, proof: await signs(statement) };
}
