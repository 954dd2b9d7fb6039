import { createECDH, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { sha256, spkiOf } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { bornKey } from './key-birth.ts';

const keyOf = (member: string) =>
  createPrivateKey({ key: Buffer.from(fromBase64url(member)!), format: 'der', type: 'pkcs8' });

describe('the birth of a module key', () => {
  const internal = sha256(Uint8Array.of(1));
  const salt = sha256(Uint8Array.of(2));

  test('S19b the same internal entropy with another salt gives another key', () => {
    expect(bornKey(internal, salt)).toBe(bornKey(internal, salt));
    expect(bornKey(internal, salt)).not.toBe(bornKey(internal, sha256(salt)));
  });

  test('S19b the salt alone never determines the key', () => {
    const keys = Array.from({ length: 50 }, () => bornKey(randomOctets(32), salt));
    expect(new Set(keys).size).toBe(50);
  });

  test('is HKDF-SHA-256 and the reduction of FIPS 186-5 A.2.1', () => {
    const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const candidate = Buffer.from(hkdfSync('sha256', internal, salt, 'keyledger module key v1\n', 48)).toString('hex');
    const scalar = (BigInt(`0x${candidate}`) % (n - 1n)) + 1n;
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex');
    const spki = spkiOf(createPublicKey(keyOf(bornKey(internal, salt))));
    expect(Buffer.from(spki.slice(-65))).toEqual(curve.getPublicKey());
    expect(spki).toHaveLength(91);
  });

  test('signs', () => {
    const key = keyOf(bornKey(randomOctets(32), salt));
    const signature = sign('sha256', internal, key);
    expect(verify('sha256', internal, createPublicKey(key), signature)).toBe(true);
  });
});
