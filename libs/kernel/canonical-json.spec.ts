/** Canonical JSON as it is received: one spelling for one value; every other is refused, never repaired. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { utf8 } from './bytes.ts';
import { type Json, canonicalJson, parseCanonical } from './canonical-json.ts';
import { isRefusal } from './refusal.ts';

const LIMITS = { octetsMax: 4096, depthMax: 4 } as const;
const outcome = (text: string): unknown => {
  const value = parseCanonical(utf8(text), LIMITS);
  return isRefusal(value) ? value.code : value;
};

describe('a received document', () => {
  test.each([
    ['a member twice', '{"a":1,"a":1}', 'NOT_CANONICAL'],
    ['a member twice with another value', '{"a":1,"a":2}', 'NOT_CANONICAL'],
    ['members in another order', '{"b":1,"a":2}', 'NOT_CANONICAL'],
    ['white space inside', '{"a": 1}', 'NOT_CANONICAL'],
    ['white space behind', '{"a":1}\n', 'NOT_CANONICAL'],
    ['an escape for a plain letter', '{"a":"\\u0062"}', 'NOT_CANONICAL'],
    ['an escaped solidus', '{"a":"\\/"}', 'NOT_CANONICAL'],
    ['an escaped quote', '{"a":"\\""}', 'NOT_PLAIN_JSON'],
    ['a backslash', '{"a":"\\\\"}', 'NOT_PLAIN_JSON'],
    ['a control character', '{"a":"\\u0007"}', 'NOT_PLAIN_JSON'],
    ['a letter beyond ASCII', '{"a":"é"}', 'NOT_PLAIN_JSON'],
    ['a member name beyond ASCII', '{"é":1}', 'NOT_PLAIN_JSON'],
    ['an integer as a float', '{"a":1.0}', 'NOT_CANONICAL'],
    ['an exponent', '{"a":1e2}', 'NOT_CANONICAL'],
    ['a fraction', '{"a":1.5}', 'NOT_PLAIN_JSON'],
    ['minus zero', '{"a":-0}', 'NOT_PLAIN_JSON'],
    ['an integer beyond 2^53-1', '{"a":9007199254740992}', 'NOT_PLAIN_JSON'],
    ['an integer beyond every float', '{"a":1e999}', 'NOT_PLAIN_JSON'],
    ['null', '{"a":null}', 'NOT_PLAIN_JSON'],
    ['null alone', 'null', 'NOT_PLAIN_JSON'],
    ['depth 5', '{"a":{"a":{"a":{"a":{"a":1}}}}}', 'NOT_PLAIN_JSON'],
    ['depth 5 that holds nothing', '[[[[[]]]]]', 'NOT_PLAIN_JSON'],
    ['the member __proto__', '{"__proto__":{"kind":"personalize"}}', 'NOT_PLAIN_JSON'],
    ['a document that spells a refusal', '{"is":"refusal"}', 'NOT_PLAIN_JSON'],
    ['a byte order mark', '\ufeff{"a":1}', 'NOT_JSON'],
    ['half a document', '{"a":1', 'NOT_JSON'],
    ['two documents', '{"a":1}{"a":1}', 'NOT_JSON'],
    ['nothing', '', 'NOT_JSON'],
    ['too many octets', `"${'a'.repeat(4095)}"`, 'TOO_LARGE'],
  ])('with %s is refused', (_what, text, code) => expect(outcome(text)).toBe(code));

  test('at the limits is read', () => {
    expect(outcome('{"a":{"a":{"a":{"a":1}}}}')).toEqual({ a: { a: { a: { a: 1 } } } });
    expect(outcome('{"a":9007199254740991,"b":-9007199254740991}')).toEqual({
      a: 9007199254740991,
      b: -9007199254740991,
    });
    expect(outcome(`"${'a'.repeat(4094)}"`)).toHaveLength(4094);
    expect(outcome('{" !#[]~":true}')).toEqual({ ' !#[]~': true });
  });

  test('deep beyond any stack is refused, not thrown', () => {
    const deep = { octetsMax: 400_000, depthMax: 4 };
    const value = parseCanonical(utf8('['.repeat(200_000) + ']'.repeat(200_000)), deep);
    expect(isRefusal(value)).toBe(true);
  });

  const plain = fc.string({ unit: fc.constantFrom(...' !#$%&()*+,-./0189:;<=>?@AZ[]^_`az{|}~') });
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      plain,
      fc.maxSafeInteger().filter((one) => !Object.is(one, -0)),
      fc.boolean(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(
        plain.filter((name) => name !== '__proto__'),
        tie('tree'),
        { maxKeys: 4, noNullPrototype: true },
      ),
    ),
  }));

  test('is read back from what was written, whatever plain value it is', () => {
    const wide = { octetsMax: 1_000_000, depthMax: 8 };
    fc.assert(
      fc.property(tree, (value) => expect(parseCanonical(utf8(canonicalJson(value)), wide)).toEqual(value)),
      { seed: 1, numRuns: 300 },
    );
  });

  test('that is read is its own canonical form, whatever octet was altered', () => {
    const bytes = utf8('{"a":[1,"b",true],"c":{"d":-7}}');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, octet) => {
        const altered = bytes.with(at, octet);
        const value = parseCanonical(altered, LIMITS);
        if (!isRefusal(value)) expect(utf8(canonicalJson(value))).toEqual(altered);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});

describe('canonical JSON as it is written', () => {
  test.each([[undefined], [Number.NaN], [Number.POSITIVE_INFINITY], [1n], ['\ud800'], [{ a: undefined }], [() => 1]])(
    'carries no %p',
    (value) => expect(() => canonicalJson(value)).toThrow(TypeError),
  );

  test('sorts members by UTF-16 code units', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, a: 3, Z: 4, '10': 5, '9': 6 })).toBe(
      '{"10":5,"9":6,"Z":4,"a":3,"\u{1f600}":2,"\ufb33":1}',
    );
  });
});
