/** Our canonical JSON against the published RFC 8785 vectors (cyberphone/json-canonicalization). */
import { expect, test } from '@jest/globals';
import { toHex, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { describeVectors, vectorNames, vectorText } from './published-vectors.fixture.ts';

describeVectors('canonical JSON of the published inputs', () => {
  for (const name of vectorNames('jcs/input/').length > 0 ? vectorNames('jcs/input/') : ['absent'])
    test(`${name} is the published output, octet for octet`, () => {
      const canonical = canonicalJson(JSON.parse(vectorText(`jcs/input/${name}`)));
      expect(canonical).toBe(vectorText(`jcs/output/${name}`));
      expect(toHex(utf8(canonical))).toBe(
        vectorText(`jcs/outhex/${name.replace('.json', '.txt')}`).replaceAll(/\s/g, ''),
      );
    });
});

test('canonical JSON of the sample in RFC 8785 §3.2.2 to §3.2.4', () => {
  const sample =
    '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],' +
    '"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}';
  expect(canonicalJson(JSON.parse(sample))).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});
