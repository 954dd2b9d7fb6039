/** ECDSA: low-S always, the flipped form known for what it is, and one DER spelling per signature. */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concat, utf8 } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { Malformed } from './der-reader.ts';
import { fromDerSignature, isLowS, lowS, signRaw, toDerSignature, verifyRaw } from './ecdsa.ts';
import { isP256Spki } from './p256.ts';
import { newPair } from './pki.fixture.ts';

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const pair = newPair();
const publicKey = keyFromSpki(pair.spki);
const text = utf8('a certificate to be signed');

/** The second valid signature that anybody can make from a first one. */
function flipped(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`);
  return concat(signature.slice(0, 32), Buffer.from((N - s).toString(16).padStart(64, '0'), 'hex'));
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power((base * base) % P, exponent >> 1n);
  return exponent % 2n === 1n ? (half * base) % P : half;
}

/** A point with a small x, and the same with x + p, which is equal modulo p and no coordinate. */
function smallPoint(): { spki: Uint8Array; beyond: Uint8Array } {
  for (let x = 1n; ; x += 1n) {
    const square = (((x * x * x - 3n * x + B) % P) + P) % P;
    const y = power(square, (P + 1n) / 4n);
    if ((y * y) % P !== square) continue;
    const spki = (at: bigint): Uint8Array =>
      concat(pair.spki.slice(0, 27), ...[at, y].map((one) => Buffer.from(one.toString(16).padStart(64, '0'), 'hex')));
    return { spki: spki(x), beyond: spki(x + P) };
  }
}

describe('ECDSA on P-256', () => {
  test('signs in the low form only; the flipped one verifies and is told apart', () => {
    for (let at = 0; at < 32; at += 1) {
      const signature = signRaw(text, pair.privateKey);
      const other = flipped(signature);
      expect([isLowS(signature), verifyRaw(text, signature, publicKey)]).toEqual([true, true]);
      expect([isLowS(other), verifyRaw(text, other, publicKey)]).toEqual([false, true]);
      expect(lowS(other)).toEqual(signature);
    }
  });

  test('is the DER signature of other tools, both ways', () => {
    const key = createPublicKey(pair.privateKey);
    for (let at = 0; at < 32; at += 1) {
      expect(verify('sha256', text, key, toDerSignature(signRaw(text, pair.privateKey)))).toBe(true);
      const theirs = Uint8Array.from(sign('sha256', text, pair.privateKey));
      expect(toDerSignature(fromDerSignature(theirs))).toEqual(theirs);
    }
    const any = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(fc.property(any, (octets) => Buffer.compare(fromDerSignature(toDerSignature(octets)), octets) === 0));
  });

  test.each([
    '3006020101020200ff00',
    '30070202000102010100',
    '3006020101020181',
    '30060201010201',
    '3003020101',
    `3026020101022101${'00'.repeat(32)}`,
  ])('refuses the spelling %s', (octets) =>
    expect(() => fromDerSignature(Uint8Array.from(Buffer.from(octets, 'hex')))).toThrow(Malformed),
  );

  test('is no signature when a bit, the length, the key or the text is another', () => {
    const signature = signRaw(text, pair.privateKey);
    expect(
      verifyRaw(
        text,
        signature.map((octet, at) => (at === 5 ? octet ^ 1 : octet)),
        publicKey,
      ),
    ).toBe(false);
    expect(verifyRaw(text, signature.slice(1), publicKey)).toBe(false);
    expect(verifyRaw(text, new Uint8Array(64), publicKey)).toBe(false);
    expect(verifyRaw(text, signature, keyFromSpki(newPair().spki))).toBe(false);
    expect(verifyRaw(utf8('another text'), signature, publicKey)).toBe(false);
  });

  test('takes keys that lie on the curve, in the uncompressed form', () => {
    for (let at = 0; at < 16; at += 1) expect(isP256Spki(newPair().spki)).toBe(true);
    for (let at = 0; at < 91; at += 1)
      expect(isP256Spki(pair.spki.map((octet, place) => (place === at ? octet ^ 1 : octet)))).toBe(false);
    const { spki, beyond } = smallPoint();
    expect([isP256Spki(spki), isP256Spki(beyond)]).toEqual([true, false]);
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    expect(isP256Spki(Uint8Array.from(other))).toBe(false);
    expect(isP256Spki(pair.spki.slice(0, 90))).toBe(false);
  });
});
