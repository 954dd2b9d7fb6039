/** Trust lists as JWS: a second implementation reads ours and we read its; nothing else passes for one. */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CompactSign, compactVerify, exportJWK } from 'jose';
import { utf8 } from '#libs/kernel/bytes.ts';
import { codeOf } from './pki.fixture.ts';
import { signTrustList, verifyTrustList } from './trust-list-jws.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const text = '{"cards":[],"version":1}';
const HEADER = { alg: 'ES256', typ: 'keyledger-trust-list+jws' };
const b64 = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

function theirs(header: object, by = key, payload = text): Promise<string> {
  return new CompactSign(utf8(payload)).setProtectedHeader({ ...HEADER, ...header }).sign(by.privateKey);
}

/** A key whose uncompressed point begins 04 3f: an OCTET STRING of just the right length, to a reader that guesses. */
function keyThatLooksLikeAsn1(): typeof key {
  for (;;) {
    const made = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '' } = made.publicKey.export({ format: 'jwk' });
    if (Buffer.from(x, 'base64url')[0] === 0x3f) return made;
  }
}

describe('a signed trust list', () => {
  test('is made by every key, also by one whose point looks like ASN.1', async () => {
    const rare = keyThatLooksLikeAsn1();
    expect(await verifyTrustList(await signTrustList(text, rare.privateKey), rare.publicKey)).toBe(text);
  });

  test('opens with another implementation, and its opens with ours', async () => {
    const signed = await signTrustList(text, key.privateKey);
    const { payload, protectedHeader } = await compactVerify(signed, key.publicKey, { algorithms: ['ES256'] });
    expect(Buffer.from(payload).toString('utf8')).toBe(text);
    expect(protectedHeader).toMatchObject(HEADER);
    expect(await verifyTrustList(signed, key.publicKey)).toBe(text);
    expect(await verifyTrustList(await theirs({}), key.publicKey)).toBe(text);
  });

  test.each([
    ['another key', () => signTrustList(text, other.privateKey)],
    ['another type', () => theirs({ typ: 'JWT' })],
    ['no type', () => theirs({ typ: undefined })],
    ['a key that it brings itself', async () => theirs({ jwk: await exportJWK(other.publicKey) }, other)],
    [
      'another payload',
      async () => (await signTrustList(text, key.privateKey)).replace(b64(text), b64(text.replace('1', '2'))),
    ],
    ['no signature at all', async () => `${b64(JSON.stringify({ ...HEADER, alg: 'none' }))}.${b64(text)}.`],
    [
      'the public key as a secret',
      async () => {
        const input = `${b64(JSON.stringify({ ...HEADER, alg: 'HS256' }))}.${b64(text)}`;
        const secret = key.publicKey.export({ format: 'pem', type: 'spki' });
        return `${input}.${b64(createHmac('sha256', secret).update(input).digest())}`;
      },
    ],
    ['nothing', async () => ''],
    ['something else', async () => '{"payload":"x"}'],
  ])('is refused with %s', async (_what, made) => {
    expect(codeOf(await verifyTrustList(await made(), key.publicKey))).toBe('TRUST_LIST_SIGNATURE');
  });
});
