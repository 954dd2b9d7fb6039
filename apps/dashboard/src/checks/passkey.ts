/** A passkey answers for an order (class B), or another one for its holder who signs in. The challenge says what is meant; the platform's page only carries the answer. */
import { type Verb, challengeOf } from './challenge.ts';
import { sha256 } from './hash.ts';
import { rawSignature } from './der.ts';
import { type Octets, fromBase64url, toBase64url, utf8 } from './octets.ts';
import type { Proof } from './statement.ts';

/** Written by the page /passkey when it enrols: credential id to thumbprint of the key. */
const KEPT = 'keyledger passkeys';
/** Those that sign in are other ones. */
const SIGN_IN_KEPT = 'keyledger sign-in passkeys';

function kept(place: string): Readonly<Record<string, string>> {
  return JSON.parse(localStorage.getItem(place) ?? '{}') as Record<string, string>; // written by our own page
}

export function hasPasskey(): boolean {
  return Object.keys(kept(KEPT)).length > 0;
}

export function hasSignInPasskey(): boolean {
  return Object.keys(kept(SIGN_IN_KEPT)).length > 0;
}

/** The proof by which a passkey of this machine says it, over exactly these bytes; null where none was chosen. */
export async function passkeyProof(verb: Verb, bytes: string): Promise<Proof | null> {
  return answered(await challengeOf(verb, bytes), kept(KEPT));
}

/** The proof by which a passkey of this machine signs in: it answers the hash of the statement. Null where none was chosen. */
export async function signInProof(statement: string): Promise<Proof | null> {
  return answered(await sha256(utf8(statement)), kept(SIGN_IN_KEPT));
}

async function answered(challenge: Octets, known: Readonly<Record<string, string>>): Promise<Proof | null> {
  const ids = Object.keys(known)
    .map(fromBase64url)
    .filter((id) => id !== null);
  const publicKey = {
    challenge,
    rpId: location.hostname,
    allowCredentials: ids.map((id) => ({ type: 'public-key' as const, id })),
    userVerification: 'required' as const,
  };
  const answer = await navigator.credentials.get({ publicKey });
  if (!(answer instanceof PublicKeyCredential)) return null;
  const { response } = answer;
  if (!(response instanceof AuthenticatorAssertionResponse)) return null;
  const data = toBase64url(new Uint8Array(response.authenticatorData));
  const client = toBase64url(new Uint8Array(response.clientDataJSON));
  const kid = known[toBase64url(new Uint8Array(answer.rawId))] ?? '';
  const header = `{"alg":"ES256","authenticatorData":"${data}","clientDataJSON":"${client}","kid":"${kid}","typ":"keyledger-passkey"}`;
  const signature = toBase64url(rawSignature(new Uint8Array(response.signature)));
  return { protected: toBase64url(utf8(header)), signature };
}
