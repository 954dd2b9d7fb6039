/** An approval as PRESENT APPROVAL takes it: two texts of a JWS, or the four byte strings of a passkey's assertion. */
import { ascii, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { assertionOf, passkeyProof } from '#libs/kernel/passkey.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { decodeFields, encodeFields } from './fields.ts';

const NOTHING = new Uint8Array();

export function encodeApproval(proof: Proof): Uint8Array {
  const assertion = assertionOf(proof);
  if (assertion === null) return encodeFields(ascii(proof.protected), ascii(proof.signature));
  const { kid, authenticatorData, clientData, signature } = assertion;
  return encodeFields(fromBase64url(kid) ?? NOTHING, authenticatorData, clientData, signature);
}

/** Reads either form; what is neither is refused as FIELDS_MALFORMED. */
export function decodeApproval(octets: Uint8Array): Proof | Refusal {
  const texts = decodeFields(octets, 2);
  if (!isRefusal(texts)) {
    const [header = '', signature = ''] = texts.map((field) => Buffer.from(field).toString('latin1'));
    return { protected: header, signature };
  }
  const parts = decodeFields(octets, 4);
  if (isRefusal(parts)) return refuse('FIELDS_MALFORMED', 'The data hold neither a signature nor an assertion.');
  const [kid = NOTHING, authenticatorData = NOTHING, clientData = NOTHING, signature = NOTHING] = parts;
  const proof = passkeyProof({ kid: toBase64url(kid), authenticatorData, clientData, signature });
  return assertionOf(proof) === null
    ? refuse('FIELDS_MALFORMED', 'The fields have not the lengths of an assertion.')
    : proof;
}
