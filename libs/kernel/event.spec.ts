/** The entry of an event is one, whether it is made of the value or of the canonical text that is stored. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { toHex } from './bytes.ts';
import { entryOf, entryOfCanonical } from './event.ts';

const hexOf = (entry: string): string => Buffer.from(entry, 'latin1').toString('hex');

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((one) => one.isWellFormed());
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
})).value;

test('the entry made of canonical texts is the entry made of the event', () => {
  const events = fc.record({
    id: text,
    stream: text,
    type: text,
    revision: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }),
    schemaVersion: fc.integer({ min: 1, max: 9 }),
    occurredAt: fc.constant('2026-01-31T12:00:00.000Z'),
    recordedAt: fc.constant('2026-01-31T12:00:00Z'),
    salt: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets) => Buffer.from(octets).toString('base64url')),
    data: json,
    metadata: fc.dictionary(text, text, { maxKeys: 4 }),
  });
  fc.assert(
    fc.property(events, (event) => {
      const texts = { data: canonicalJson(event.data), metadata: canonicalJson(event.metadata) };
      const revision = Number(event.revision);
      expect(hexOf(entryOfCanonical({ ...event, revision, ...texts }))).toBe(toHex(entryOf(event)));
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('a large event is hashed whole', () => {
  const event = {
    id: 'a',
    stream: 's',
    type: 't',
    revision: 0n,
    schemaVersion: 1,
    occurredAt: '2026-01-31T12:00:00Z',
    recordedAt: '2026-01-31T12:00:00Z',
    salt: 'AAAA',
    data: '漢'.repeat(300_000),
    metadata: {},
  };
  const canonical = { ...event, revision: 0, data: canonicalJson(event.data), metadata: '{}' };
  expect(hexOf(entryOfCanonical(canonical))).toBe(toHex(entryOf(event)));
});
