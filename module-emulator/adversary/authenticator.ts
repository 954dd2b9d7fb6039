/** An emulated authenticator with the browser in front of it: what a passkey signs, and what a hostile page has it sign. */
import { type KeyObject, sign } from 'node:crypto';
import { ascii, concat, u32, u8 } from '#libs/kernel/bytes.ts';
import type { Proof, StatementType } from '#libs/kernel/detached-jws.ts';
import { publicHalf, publicJwk, sha256, thumbprint } from '#libs/kernel/hash.ts';
import { type PasskeyPins, challengeFor, passkeyProof } from '#libs/kernel/passkey.ts';

/** What its enrolment pins. */
export const PINNED: PasskeyPins = { backup: 'none', origin: 'http://localhost:4400', rpId: 'localhost' };

/** UP and UV (WebAuthn Level 3 §6.1). */
const TOUCHED_AND_VERIFIED = 0x05;

export interface AssertionChange {
  readonly challenge?: string;
  readonly clientData?: (honest: string) => string;
  readonly flags?: number;
  readonly authenticatorData?: (honest: Uint8Array) => Uint8Array;
}

/** An assertion over an order's bytes; an approval unless another type is named, honest but for what is changed. */
export function asserts(
  key: KeyObject,
  it: { readonly pinned: PasskeyPins; readonly bytes: Uint8Array; readonly type?: StatementType },
  change: AssertionChange = {},
): Proof {
  const { origin, rpId, backup } = it.pinned;
  const challenge = change.challenge ?? challengeFor(it.type ?? 'keyledger-approval+jws', it.bytes) ?? '';
  const honest = `{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}","crossOrigin":false}`;
  const clientData = ascii((change.clientData ?? ((text) => text))(honest));
  const flags = change.flags ?? TOUCHED_AND_VERIFIED | (backup === 'eligible' ? 0x18 : 0);
  const data = concat(sha256(ascii(rpId)), u8(flags), u32(7));
  const authenticatorData = (change.authenticatorData ?? ((octets) => octets))(data);
  const over = concat(authenticatorData, sha256(clientData));
  const signature = Uint8Array.from(sign('sha256', over, { key, dsaEncoding: 'ieee-p1363' }));
  return passkeyProof({ kid: thumbprint(publicJwk(publicHalf(key))), authenticatorData, clientData, signature });
}
