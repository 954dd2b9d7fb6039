/** DER: what is written is read back, every other spelling of it is refused, and nothing read out of bounds. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { bitString, boolean, integer, oid, printableString, sequence, time, tlv, unsigned, utf8String } from './der.ts';
import { DerReader, Malformed, parsed } from './der-reader.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const from = (octets: Uint8Array): DerReader => new DerReader(octets);

describe('DER', () => {
  test('spells the examples of X.690 and RFC 5280', () => {
    expect(hexOf(integer(0))).toBe('020100');
    expect(hexOf(integer(127))).toBe('02017f');
    expect(hexOf(integer(128))).toBe('02020080');
    expect(hexOf(integer(256))).toBe('02020100');
    expect(hexOf(unsigned(hex('00 00 ff')))).toBe('020200ff');
    expect(hexOf(oid('2.999.3'))).toBe('0603883703');
    expect(hexOf(oid('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302');
    expect(hexOf(boolean(true))).toBe('0101ff');
    expect(Buffer.from(time(2_524_607_999)).toString('latin1').slice(2)).toBe('491231235959Z');
    expect(Buffer.from(time(2_524_608_000)).toString('latin1').slice(2)).toBe('20500101000000Z');
    expect(Buffer.from(time(NO_END)).toString('latin1').slice(2)).toBe('99991231235959Z');
  });

  test('reads back every integer, arc, time and text that it writes', () => {
    fc.assert(fc.property(fc.maxSafeInteger().map(Math.abs), (value) => from(integer(value)).safeInteger() === value));
    fc.assert(fc.property(fc.integer({ min: 0, max: NO_END }), (at) => from(time(at)).time() === at));
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => from(utf8String(text)).utf8() === text));
    const arcs = fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(arcs, (rest) => from(oid(`2.${rest.join('.')}`)).oid() === `2.${rest.join('.')}`));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const octets = tlv(0x04, new Uint8Array(length));
        return from(octets).take(0x04).value.length === length;
      }),
      { numRuns: 30, examples: [[127], [128], [255], [256], [65_535], [65_536]] },
    );
  });

  test.each([
    ['indefinite length', '30800000', (it: DerReader) => it.enter()],
    ['length longer than needed', '04810100', (it: DerReader) => it.take(4)],
    ['length with a leading zero', `0482007f${'00'.repeat(127)}`, (it: DerReader) => it.take(4)],
    ['length of four octets', '04840000000100', (it: DerReader) => it.take(4)],
    ['element behind its container', '300302020101', (it: DerReader) => it.enter().unsigned()],
    ['high tag number', '1f8101020000', (it: DerReader) => it.any()],
    ['negative integer', '0201ff', (it: DerReader) => it.unsigned()],
    ['padded integer', '0202007f', (it: DerReader) => it.unsigned()],
    ['empty integer', '0200', (it: DerReader) => it.unsigned()],
    ['integer beyond 2^53-1', '020720000000000000', (it: DerReader) => it.safeInteger()],
    ['empty identifier', '0600', (it: DerReader) => it.oid()],
    ['padded arc', '06032a8001', (it: DerReader) => it.oid()],
    ['arc without end', '06022a86', (it: DerReader) => it.oid()],
    ['boolean other than FF', '010101', (it: DerReader) => it.trueOrAbsent()],
    ['default that is written', '010100', (it: DerReader) => it.trueOrAbsent()],
    ['named bits with trailing zero', '03020006', (it: DerReader) => it.namedBits()],
    ['named bits with a set unused bit', '03020207', (it: DerReader) => it.namedBits()],
    ['30 February', hexOf(tlv(0x17, Buffer.from('260230000000Z'))), (it: DerReader) => it.time()],
    ['24 o’clock', hexOf(tlv(0x17, Buffer.from('260201240000Z'))), (it: DerReader) => it.time()],
    ['GeneralizedTime before 2050', hexOf(tlv(0x18, Buffer.from('20260201000000Z'))), (it: DerReader) => it.time()],
    ['time with an offset', hexOf(tlv(0x17, Buffer.from('2602010000+0100'))), (it: DerReader) => it.time()],
    ['star in a PrintableString', '13012a', (it: DerReader) => it.printable()],
    ['broken UTF-8', '0c01ff', (it: DerReader) => it.utf8()],
    ['octets that go on', '02010100', (it: DerReader) => (it.unsigned(), it.end())],
  ])('refuses: %s', (_what, octets, read) => {
    expect(() => read(from(hex(octets)))).toThrow(Malformed);
  });

  test('writes nothing that would be malformed', () => {
    expect(() => integer(-1)).toThrow(RangeError);
    expect(() => unsigned(new Uint8Array())).toThrow(RangeError);
    expect(() => time(NO_END + 1)).toThrow(RangeError);
    expect(() => time(1.5)).toThrow(RangeError);
    expect(() => printableString('Bank*')).toThrow(RangeError);
    expect(() => utf8String('\ud800')).toThrow(RangeError);
  });

  test('turns whatever is malformed or too large into one refusal, and hides no defect', () => {
    const limits = { code: 'BAD', what: 'thing', octetsMax: 8 };
    const one = (it: DerReader): string => it.enter().oid();
    expect(parsed(sequence(oid('1.2.3')), limits, one)).toBe('1.2.3');
    expect(isRefusal(parsed(sequence(bitString(hex('00'))), limits, one))).toBe(true);
    expect(isRefusal(parsed(sequence(oid('1.2.3.4.5.6.7')), limits, one))).toBe(true);
    expect(() =>
      parsed(hex('00'), limits, () => {
        throw new TypeError('a defect');
      }),
    ).toThrow(TypeError);
  });
});
