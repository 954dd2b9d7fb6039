import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eightWords, saysWords } from './words.ts';

describe('eight words', () => {
  test('are the published proquints', () => {
    // 127.0.0.1, 63.84.220.193, 63.118.7.35, 140.98.193.141 (arXiv 0901.4016)
    const octets = Uint8Array.of(127, 0, 0, 1, 63, 84, 220, 193, 63, 118, 7, 35, 140, 98, 193, 141);
    expect(eightWords(octets)).toBe('lusab babad gutih tugad gutuk bisog mudof sakat');
  });

  test('are typed as people type, and are never those of another hash', () => {
    const octets = fc.uint8Array({ minLength: 16, maxLength: 32 });
    fc.assert(
      fc.property(octets, octets, (one, other) => {
        expect(saysWords(`  ${eightWords(one).toUpperCase().replaceAll(' ', '  ')}\n`, one)).toBe(true);
        const same = Buffer.compare(one.slice(0, 16), other.slice(0, 16)) === 0;
        expect(saysWords(eightWords(one), other)).toBe(same);
      }),
      { seed: 66, numRuns: 200 },
    );
    expect(saysWords('', new Uint8Array(16))).toBe(false);
    expect(() => eightWords(new Uint8Array(15))).toThrow(RangeError);
  });
});
