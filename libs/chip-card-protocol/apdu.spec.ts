/** APDUs and fields: what is written is read back, lengths must fit to the octet, and the client says no in the card's own words. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ascii, concat, u16 } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { DATA_MAX, decodeCommand, decodeResponse, encodeCommand, encodeResponse } from './apdu.ts';
import { ChipCardClient } from './client.ts';
import { ANSWER_TO_RESET, INSTRUCTIONS, STATUS } from './commands.ts';
import { decodeFields, encodeFields } from './fields.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const header = fc.record({ cla: fc.nat(255), ins: fc.nat(255), p1: fc.nat(255), p2: fc.nat(255) });

describe('a command', () => {
  test('is read back as it was written, short and extended', () => {
    for (const length of [0, 1, 255, 256, 257, DATA_MAX])
      fc.assert(
        fc.property(header, fc.uint8Array({ minLength: 1, maxLength: 1 }), (head, [fill = 0]) => {
          const command = { ...head, data: new Uint8Array(length).fill(fill) };
          expect(decodeCommand(encodeCommand(command))).toEqual(command);
        }),
        { seed: 1, numRuns: 10 },
      );
    expect(() => encodeCommand({ cla: 0, ins: 0, p1: 0, p2: 0, data: new Uint8Array(DATA_MAX + 1) })).toThrow(
      RangeError,
    );
  });

  test.each([
    ['case 1', '00a40400', ''],
    ['case 2 short', '00a4040000', ''],
    ['case 2 extended', '00a40400000000', ''],
    ['case 3 short', '00a404000201ff', '01ff'],
    ['case 4 short', '00a404000201ff00', '01ff'],
    ['case 3 extended', '00a40400000002aabb', 'aabb'],
    ['case 4 extended', '00a40400000002aabb0000', 'aabb'],
  ])('of %s is one (ISO 7816-4 §5.1)', (_case, apdu, data) =>
    expect(decodeCommand(hex(apdu))).toMatchObject({ ins: 0xa4, data: hex(data) }),
  );

  test.each([
    '',
    '00',
    '00a404',
    '00a404000201',
    '00a4040001aabbcc',
    '00a40400000000aa',
    '00a40400000003aabb',
    '00a40400000001aa00',
    '00a404000020010000',
    `00a4040000ffff${'00'.repeat(9)}`,
  ])('of octets %s is none', (apdu) => expect(decodeCommand(hex(apdu))).toMatchObject({ code: 'APDU_MALFORMED' }));

  test('of any octets is read or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => expect(decodeCommand(octets)).toBeDefined()),
      { seed: 2, numRuns: 2000 },
    );
  });
});

describe('fields', () => {
  test('are read back as they were written, in their number exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 6 }), (fields) => {
        const octets = encodeFields(...fields);
        expect(decodeFields(octets, fields.length)).toEqual(fields);
        expect(isRefusal(decodeFields(octets, fields.length + 1))).toBe(true);
        expect(isRefusal(decodeFields(concat(octets, Uint8Array.of(0)), fields.length))).toBe(true);
        if (octets.length > 0) expect(isRefusal(decodeFields(octets.slice(0, -1), fields.length))).toBe(true);
      }),
      { seed: 3 },
    );
  });
});

describe('the table of instructions', () => {
  test('has no two that a card could take for each other', () => {
    const rows = Object.values(INSTRUCTIONS).map(({ cla, ins, p1, p2 }) => [cla, ins, p1, p2].join());
    expect(new Set(rows).size).toBe(rows.length);
    const pins = Object.values(INSTRUCTIONS).filter(
      ({ cla, ins }) => cla === INSTRUCTIONS.VERIFY.cla && ins === INSTRUCTIONS.VERIFY.ins,
    );
    expect(pins).toHaveLength(1);
  });

  test('stands behind an answer to reset whose octets are even out (ISO 7816-3)', () => {
    expect(ANSWER_TO_RESET.slice(1).reduce((sum, octet) => sum ^ octet, 0)).toBe(0);
    expect((ANSWER_TO_RESET[1] ?? 0) & 0x0f).toBe('KEYLEDGER'.length);
  });
});

describe('the client', () => {
  const answering = (answer: Uint8Array): ChipCardClient =>
    new ChipCardClient({ transmit: () => Promise.resolve(answer), powerOff: () => Promise.resolve() });
  const refusal = async (data: string, status: number = STATUS.CONDITIONS_NOT_SATISFIED): Promise<unknown> =>
    answering(encodeResponse({ data: ascii(data), status })).activate();

  test('hands on the code that the card gave, and no other words of it', async () => {
    expect(await refusal('CARD_NOT_ACTIVE')).toMatchObject({ code: 'CARD_NOT_ACTIVE' });
    for (const said of ['', 'lower', 'A B', 'X'.repeat(49), 'AB\n', '<script>'])
      expect(await refusal(said)).toMatchObject({ code: 'CARD_REFUSED' });
    const { message } = (await refusal('<script>')) as { message: string };
    expect(message).not.toContain('<');
  });

  test('says so when the card is silent or answers what cannot be read', async () => {
    expect(decodeResponse(new Uint8Array(1))).toMatchObject({ code: 'CARD_SILENT' });
    expect(await answering(new Uint8Array()).select()).toMatchObject({ code: 'CARD_SILENT' });
    expect(await answering(u16(STATUS.OK)).select()).toBeNull();
    expect(await answering(u16(STATUS.OK)).status()).toMatchObject({ code: 'CARD_SILENT' });
    expect(await answering(u16(STATUS.OK)).generateKey()).toMatchObject({ code: 'FIELDS_MALFORMED' });
    expect(await answering(u16(STATUS.OK)).signLogHead(new Uint8Array(16))).toMatchObject({ code: 'FIELDS_MALFORMED' });
  });
});
