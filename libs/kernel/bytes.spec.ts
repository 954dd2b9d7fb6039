/** Octets: one spelling in base64url, big-endian fields, and a reader that never runs past its end. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  OctetReader,
  Truncated,
  concat,
  fromBase64url,
  isBase64url,
  short,
  toBase64url,
  u16,
  u32,
  u64,
  u8,
} from './bytes.ts';

describe('base64url', () => {
  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (octets) =>
        expect(fromBase64url(toBase64url(octets))).toEqual(octets),
      ),
    );
  });

  test.each(['AA==', 'AB', 'A', '-+', 'A A', 'AA\n', '__9'])('has one spelling only: %p is refused', (text) =>
    expect(fromBase64url(text)).toBeNull(),
  );

  test('is known without being read', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'AQgwEIMUYckos048B9_-z=+/ '), maxLength: 9 });
    fc.assert(
      fc.property(letters, (text) => expect(isBase64url(text)).toBe(fromBase64url(text) !== null)),
      { seed: 5, numRuns: 3000 },
    );
  });

  test('writes the octets of a view, not of what lies behind it', () => {
    const whole = Uint8Array.of(1, 2, 3, 4);
    expect(toBase64url(whole.subarray(1, 3))).toBe(toBase64url(Uint8Array.of(2, 3)));
  });
});

describe('a reader of octets', () => {
  test('reads fields in their order, big endian', () => {
    const from = new OctetReader(
      concat(u8(7), u16(0x0102), u32(0x01020304), u64(2n ** 64n - 1n), short(Uint8Array.of(9, 9)), u64(5)),
    );
    expect([from.u8(), from.u16(), from.u32(), from.u64()]).toEqual([7, 0x0102, 0x01020304, 2n ** 64n - 1n]);
    expect([from.short(), from.safe64(), from.left]).toEqual([Uint8Array.of(9, 9), 5, 0]);
  });

  type Field = (from: OctetReader) => unknown;
  const fields: readonly (readonly [string, number, Field])[] = [
    ['u8', 1, (from) => from.u8()],
    ['u16', 2, (from) => from.u16()],
    ['u32', 4, (from) => from.u32()],
    ['u64', 8, (from) => from.u64()],
    ['safe64', 8, (from) => from.safe64()],
    ['take', 5, (from) => from.take(5)],
  ];
  test.each(fields)('%s wants %d octets and takes no fewer', (_name, length, field) => {
    expect(field(new OctetReader(new Uint8Array(length)))).toBeDefined();
    expect(() => field(new OctetReader(new Uint8Array(length - 1)))).toThrow(Truncated);
  });

  test('a short field says its length and keeps to it', () => {
    expect(() => new OctetReader(Uint8Array.of(2, 1)).short()).toThrow(Truncated);
    expect(() => new OctetReader(new Uint8Array()).short()).toThrow(Truncated);
    expect(() => short(new Uint8Array(256))).toThrow(RangeError);
  });

  test('an integer beyond 2^53-1 is refused, never rounded', () => {
    expect(new OctetReader(u64(Number.MAX_SAFE_INTEGER)).safe64()).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => new OctetReader(u64(2n ** 53n)).safe64()).toThrow(Truncated);
  });

  test('what it gave out is a copy', () => {
    const octets = Uint8Array.of(1, 2, 3);
    new OctetReader(octets).take(3)[0] = 9;
    expect(octets).toEqual(Uint8Array.of(1, 2, 3));
  });
});
