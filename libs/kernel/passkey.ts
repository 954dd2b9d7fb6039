/**
 * What a passkey signs (WebAuthn Level 3 §5.8.1, §6.1), carried in the two texts of a proof: so it goes wherever an
 * approval goes, and the header's bytes are a template here too. Signed are the authenticator's data and the hash of the
 * browser's; in the latter stands the challenge, which says what is meant.
 */
import { ascii, fromBase64url, toBase64url } from './bytes.ts';
import type { Proof, StatementType } from './detached-jws.ts';
import { hashId, sha256 } from './hash.ts';
import { type Read, closed, oneOf, text } from './template.ts';

/** What an enrolment pins of a passkey: the page that may ask it, and whether it can leave its authenticator. */
export const passkeyPins = closed({
  backup: oneOf('none', 'eligible'),
  origin: text(128, /^https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?$/),
  rpId: text(64, /^[a-z0-9.-]+$/),
});

export type PasskeyPins = Read<typeof passkeyPins>;

export interface Assertion {
  /** RFC 7638 thumbprint of the credential's key. */
  readonly kid: string;
  readonly authenticatorData: Uint8Array;
  readonly clientData: Uint8Array;
  /** 64 octets r‖s: whoever took it from the browser turned it from DER. */
  readonly signature: Uint8Array;
}

/** More octets than any browser writes for our challenges and origins. */
export const CLIENT_DATA_MAX = 512;
const AUTHENTICATOR_DATA_MAX = 128;

const HEADER =
  /^\{"alg":"ES256","authenticatorData":"([A-Za-z0-9_-]+)","clientDataJSON":"([A-Za-z0-9_-]+)","kid":"([A-Za-z0-9_-]{43})","typ":"keyledger-passkey"\}$/;

export function passkeyProof(it: Assertion): Proof {
  const parts = `"authenticatorData":"${toBase64url(it.authenticatorData)}","clientDataJSON":"${toBase64url(it.clientData)}"`;
  const header = `{"alg":"ES256",${parts},"kid":"${it.kid}","typ":"keyledger-passkey"}`;
  return { protected: toBase64url(ascii(header)), signature: toBase64url(it.signature) };
}

/** Reads what `passkeyProof` wrote; null where it is another kind of proof, or none. */
export function assertionOf(proof: Proof): Assertion | null {
  const header = fromBase64url(proof.protected);
  const signature = fromBase64url(proof.signature);
  if (header === null || header.length > 1200 || signature?.length !== 64) return null;
  const match = HEADER.exec(Buffer.from(header).toString('latin1'));
  const authenticatorData = fromBase64url(match?.[1] ?? '');
  const clientData = fromBase64url(match?.[2] ?? '');
  const kid = match?.[3];
  if (kid === undefined || authenticatorData === null || clientData === null) return null;
  if (clientData.length > CLIENT_DATA_MAX || authenticatorData.length > AUTHENTICATOR_DATA_MAX) return null;
  return { kid, authenticatorData, clientData, signature };
}

const VERBS: Partial<Record<StatementType, string>> = {
  'keyledger-decline+jws': 'keyledger decline v1\n',
  'keyledger-withdrawal+jws': 'keyledger withdrawal v1\n',
};

/**
 * The challenge, base64url of 32 octets. A passkey's signature carries no verb: over the order's hash it always means
 * approve, and who declines or withdraws signs another challenge. Over a statement to sign in it is that statement's hash:
 * the statement names its own domain, so it is no order. Null for what no passkey ever says.
 */
export function challengeFor(type: StatementType, said: Uint8Array): string | null {
  if (type === 'keyledger-approval+jws' || type === 'keyledger-sign-in+jws') return hashId(said);
  const verb = VERBS[type];
  return verb === undefined ? null : hashId(ascii(verb), sha256(said));
}
