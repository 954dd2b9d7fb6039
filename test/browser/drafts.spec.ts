/** A draft against what was typed, member by member; and lists of serials, held against the house's own tree. */
import { describe, expect, test } from '@jest/globals';
import { type AskedFor, differencesOf } from '#apps/dashboard/src/checks/draft.ts';
import { readOrder } from '#apps/dashboard/src/checks/order.ts';
import { serialRoot } from '#apps/dashboard/src/checks/serial-tree.ts';
import { readAll } from '#apps/dashboard/src/pages/orders/fields.ts';
import { serialsIn } from '#apps/dashboard/src/pages/orders/serials.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import { serialTree } from '#libs/serial-tree/serial-tree.ts';
import { madeUpId, orderText, personalizeOrder, serialsFrom } from '#test/kit/orders.ts';

const NOW = 1_800_000_000;
const HOURS = 8;
const until = NOW + HOURS * 3600;
const window = { notBefore: NOW, notAfter: until, reportBy: until + 86_400 };
const certified = { certificateNotBefore: NOW, certificateNotAfter: NOW + 365 * 86_400 };
const drafted: PersonalizeOrder = personalizeOrder({ ...window, ...certified });

const { genesis, approverSet, requester, site, moduleClass, cardKey, unit, station } = drafted;
const { stationKey, stationNextKey, profile, serials } = drafted;
const ASKED: AskedFor = {
  kind: 'personalize',
  genesis,
  approverSet,
  requester,
  site,
  hours: HOURS,
  certificateDays: 365,
  own: {
    moduleClass,
    cardKey,
    unit,
    station,
    stationKey,
    stationNextKey,
    profile,
    serials: serials as Json,
  },
};

const found = async (order: object, now = NOW) => {
  const read = await readOrder(canonicalJson(order));
  return differencesOf(read!, ASKED, now).map(({ member }) => member);
};

/** As far from the value as a hostile platform could want it, of the same shape. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 100_000;
  if (Array.isArray(value)) return [...(value as string[]), 'ATM-9'];
  return typeof value === 'string' && value.length >= 43 ? madeUpId('other') : 'other';
}

describe('a draft', () => {
  test('that says what was asked for has no difference', async () => {
    expect(orderText(drafted)).toBe((await readOrder(orderText(drafted)))?.bytes);
    expect(await found(drafted)).toEqual([]);
  });

  test.each(Object.keys(drafted).filter((name) => name !== 'domain'))('with another %s is found out', async (name) => {
    expect(await found({ ...drafted, [name]: other(drafted[name as keyof PersonalizeOrder]) })).toContain(name);
  });

  test.each(Object.keys(drafted).filter((name) => name !== 'domain' && name !== 'kind'))(
    'without %s is found out',
    async (name) => {
      const { [name as 'unit']: _left, ...rest } = drafted;
      expect(await found(rest)).toContain(name);
    },
  );

  test('with a member that nobody asked for is found out', async () => {
    expect(await found({ ...drafted, reason: 'drill' })).toEqual(['reason']);
    expect(await found(JSON.parse(canonicalJson(drafted as never).replace('{', '{"__proto__":1,')) as object)).toEqual([
      '__proto__',
    ]);
  });

  test('of another time than now is found out', async () => {
    expect(await found(drafted, NOW + 599)).toEqual([]);
    expect(await found(drafted, NOW + 601)).toEqual(['notBefore']);
    expect(await found(drafted, NOW - 601)).toEqual(['notBefore']);
  });
});

describe('a list of serials', () => {
  test.each([1, 2, 3, 17, 100, 255, 256])('of %d has the root that the house computes', async (count) => {
    const list = serialsFrom(1, count);
    expect(serialTree(list)).toEqual({ root: await serialRoot(list), size: count });
  });

  test.each([
    ['lines', 'B-2\nA-1\r\n\n', ['A-1', 'B-2']],
    ['one line', 'B-2, A-1;C-3 D-4', ['A-1', 'B-2', 'C-3', 'D-4']],
    ['a CSV file', 'site,"Serial",note\nx,"B-2",\ny,A-1,a', ['A-1', 'B-2']],
  ])('is read from %s', (_what, given, read) => expect(serialsIn(given)).toEqual({ serials: read, wrong: null }));

  test.each([
    ['one twice', 'A-1 A-1', /A-1 stands there twice/],
    ['a letter that looks like another', 'А-1', /is no serial/],
    ['nothing', ' \n ', /missing/],
    ['257', serialsFrom(1, 257).join(' '), /256 at most/],
  ])('with %s is not taken', (_what, given, why) => expect(serialsIn(given).wrong).toMatch(why));
});

describe('a field', () => {
  test.each([
    ['name', 'U 7'],
    ['hash', 'A'.repeat(42)],
    ['custodians', 'P-DORA'],
    ['roles', 'auditor auditor'],
    ['hours', '0'],
    ['hours', '1e3'],
    ['credential', '{"kty":"EC"}'],
    ['certificate', '-----BEGIN CERTIFICATE-----'],
    ['document', '[1]'],
    ['issuer', 'login.example'],
    ['divergence', '{'],
  ] as const)('of type %s does not take %s', async (type, given) => {
    const read = await readAll([{ name: 'it', type }], { it: given });
    expect(read).toMatchObject({ faults: { it: expect.any(String) } });
  });
});
