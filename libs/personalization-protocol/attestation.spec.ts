import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concat, equal } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Attestation, decodeAttestation, encodeAttestation, saltOf } from './attestation.ts';

const fields = Array.from({ length: 7 }, (_, at) => sha256(Uint8Array.of(at)));
const octets = (at: number): Uint8Array => fields[at] ?? new Uint8Array();

const attestation: Attestation = {
  genesis: octets(0),
  orderHash: octets(1),
  cardKey: octets(2),
  serial: 'SM-000013',
  epoch: 1,
  moduleClass: 'SM-A1',
  spki: new Uint8Array(91).fill(7),
  keyBirth: 'personalization-with-salt',
  salt: octets(3),
  challenge: octets(4),
  unitTime: 1_790_000_000,
  exporter: octets(5),
};

describe('a key attestation', () => {
  test('reads back what was written', () => {
    expect(decodeAttestation(encodeAttestation(attestation))).toEqual(attestation);
  });

  test('has a fixed form: prefix, fields in their order, big endian', () => {
    const bytes = Buffer.from(encodeAttestation(attestation));
    expect(bytes.subarray(0, 25).toString('latin1')).toBe('keyledger attestation v1\n');
    expect(bytes.subarray(121, 131).toString('latin1')).toBe('\tSM-000013');
    expect(bytes.subarray(131, 139).toString('hex')).toBe('0000000000000001');
    expect(bytes.length).toBe(25 + 96 + 10 + 8 + 6 + 92 + 1 + 64 + 8 + 32);
  });

  test('every truncation, every addition and every altered head is refused', () => {
    const bytes = encodeAttestation(attestation);
    for (let length = 0; length < bytes.length; length += 1)
      expect(decodeAttestation(bytes.slice(0, length))).toMatchObject({ code: 'ATTESTATION_MALFORMED' });
    expect(decodeAttestation(concat(bytes, Uint8Array.of(0)))).toMatchObject({ code: 'ATTESTATION_MALFORMED' });
    expect(decodeAttestation(bytes.with(3, 0))).toMatchObject({ code: 'ATTESTATION_MALFORMED' });
    expect(decodeAttestation(encodeAttestation({ ...attestation, serial: 'SM 13' }))).toMatchObject({
      code: 'ATTESTATION_MALFORMED',
    });
  });

  test('what decodes, encodes to the same octets', () => {
    const bytes = encodeAttestation(attestation);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, octet) => {
        const altered = bytes.with(at, octet);
        const read = decodeAttestation(altered);
        if (!isRefusal(read)) expect(equal(encodeAttestation(read), altered)).toBe(true);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test('S19b neither the card nor the unit sets the salt alone', () => {
    const [challenge, unitRandom] = [randomOctets(32), randomOctets(32)];
    expect(saltOf(challenge, unitRandom)).toEqual(saltOf(challenge, unitRandom));
    expect(saltOf(challenge, unitRandom)).not.toEqual(saltOf(randomOctets(32), unitRandom));
    expect(saltOf(challenge, unitRandom)).not.toEqual(saltOf(challenge, randomOctets(32)));
  });
});
