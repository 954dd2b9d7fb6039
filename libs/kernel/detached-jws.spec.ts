/** Detached signatures: held against the `jose` package as a second implementation, and against every other spelling. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { FlattenedSign, flattenedVerify } from 'jose';
import { ascii, fromBase64url, toBase64url } from './bytes.ts';
import { type Proof, type StatementType, kidOf, signDetached, verifyDetached } from './detached-jws.ts';
import { publicJwk, thumbprint } from './hash.ts';
import { heldKey } from './officers.fixture.ts';

const APPROVAL = 'keyledger-approval+jws';
const payload = ascii('{"an":"order"}');
const held = heldKey();
const jwk = publicJwk(createPublicKey(held.privateKey));
const ed25519 = generateKeyPairSync('ed25519');
const edJwk = publicJwk(ed25519.publicKey);
const genuine = signDetached(APPROVAL, payload, held.privateKey);

const holds = (proof: Proof, type: StatementType = APPROVAL): boolean =>
  verifyDetached(type, payload, { proof, key: jwk });
const headed = (header: string): Proof => ({ ...genuine, protected: toBase64url(ascii(header)) });

/** A proof over any header bytes, with a signature that does hold over them. */
async function signedOver(header: Record<string, string>): Promise<Proof> {
  const signed = await new FlattenedSign(payload).setProtectedHeader({ alg: 'ES256', ...header }).sign(held.privateKey);
  return { protected: signed.protected ?? '', signature: signed.signature };
}

describe('a detached signature', () => {
  test.each([
    ['ES256', held.privateKey, jwk],
    ['EdDSA', ed25519.privateKey, edJwk],
  ] as const)('%s is one for jose too, header and all', async (alg, key, publicKey) => {
    const proof = signDetached(APPROVAL, payload, key);
    const read = await flattenedVerify({ ...proof, payload: toBase64url(payload) }, createPublicKey(key), {
      algorithms: [alg],
    });
    expect(read.protectedHeader).toEqual({ alg, kid: thumbprint(publicKey), typ: APPROVAL });
    expect(verifyDetached(APPROVAL, payload, { proof, key: publicKey })).toBe(true);
    await expect(
      flattenedVerify({ ...proof, payload: toBase64url(ascii('another')) }, createPublicKey(key)),
    ).rejects.toThrow();
  });

  test('by jose is one here, when its header bytes are the template', async () => {
    const proof = await signedOver({ kid: held.kid, typ: APPROVAL });
    expect([holds(proof), kidOf(APPROVAL, proof)]).toEqual([true, held.kid]);
  });

  test('whose header is another spelling of the same is refused, though the signature holds', async () => {
    expect(holds(await signedOver({ typ: APPROVAL, kid: held.kid }))).toBe(false);
    expect(holds(await signedOver({ kid: held.kid, typ: APPROVAL, cty: 'json' }))).toBe(false);
    expect(holds(await signedOver({ typ: APPROVAL }))).toBe(false);
  });

  test('S31b that declines is never taken for one that approves', () => {
    const decline = signDetached('keyledger-decline+jws', payload, held.privateKey);
    expect([holds(decline), kidOf(APPROVAL, decline)]).toEqual([false, null]);
    expect([holds(decline, 'keyledger-decline+jws'), kidOf('keyledger-decline+jws', decline)]).toEqual([
      true,
      held.kid,
    ]);
    expect(holds({ ...decline, protected: genuine.protected })).toBe(false);
  });

  test.each([
    ['no algorithm', `{"alg":"none","kid":"${held.kid}","typ":"${APPROVAL}"}`],
    ['a shared secret', `{"alg":"HS256","kid":"${held.kid}","typ":"${APPROVAL}"}`],
    ['white space', `{"alg":"ES256", "kid":"${held.kid}","typ":"${APPROVAL}"}`],
    ['a member twice', `{"alg":"ES256","kid":"${held.kid}","kid":"${held.kid}","typ":"${APPROVAL}"}`],
    ['something behind', `{"alg":"ES256","kid":"${held.kid}","typ":"${APPROVAL}"} `],
    ['a line behind', `{"alg":"ES256","kid":"${held.kid}","typ":"${APPROVAL}"}\n`],
    ['nothing', ''],
  ])('with a header of %s names no key', (_what, header) => {
    expect([kidOf(APPROVAL, headed(header)), holds(headed(header))]).toEqual([null, false]);
  });

  test('that names EdDSA for a key of P-256 is refused', () => {
    expect(holds(headed(`{"alg":"EdDSA","kid":"${held.kid}","typ":"${APPROVAL}"}`))).toBe(false);
  });

  test('is refused with another signature, a shorter or longer one, padding, and over other bytes', () => {
    const octets = fromBase64url(genuine.signature)!;
    const others = [
      new Uint8Array(64),
      octets.with(0, octets[0]! ^ 1),
      octets.slice(1),
      Uint8Array.of(...octets, 0),
      new Uint8Array(),
    ];
    for (const other of others) expect(holds({ ...genuine, signature: toBase64url(other) })).toBe(false);
    expect(holds({ ...genuine, signature: `${genuine.signature}==` })).toBe(false);
    expect(holds({ ...genuine, protected: `${genuine.protected}=` })).toBe(false);
    expect(verifyDetached(APPROVAL, ascii('{"another":"order"}'), { proof: genuine, key: jwk })).toBe(false);
    expect(
      verifyDetached(APPROVAL, payload, { proof: genuine, key: publicJwk(createPublicKey(heldKey().privateKey)) }),
    ).toBe(false);
  });
});
