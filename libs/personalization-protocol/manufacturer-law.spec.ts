/** What lets a unit accept another manufacturer: each check stops somebody, who gets through where it is missing. */
import { describe, expect, test } from '@jest/globals';
import { type ApprovalLaws, fourEyes } from '#libs/approval/approval.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { officer, rule, setOf, signs } from '#libs/kernel/officers.fixture.ts';
import { type Order, ORDER_DOMAIN, orderBytes } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { memoryImage } from '#module-emulator/memory-image.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { type ManufacturerLaws, type ShownManufacturer, acceptedRoot, manufacturerLaw } from './manufacturer-law.ts';

const made = (name: string) => new Manufacturer(memoryImage(Manufacturer.founded(name, systemClock)), systemClock);
const [other, rogue] = [made('Other Modules'), made('Rogue Modules')];
const [ada, ben, eve] = [officer('ada', ['requester', 'approver'], 'AA'), officer('ben'), officer('eve')];
const policy = [rule('register-manufacturer-key'), rule('enrol-unit')];
const setBytes = approverSetBytes(setOf([ada, ben], policy));
const rogueSet = approverSetBytes(setOf([ada, ben, eve], policy));
const genesis = madeUpId('genesis');

const common = {
  domain: ORDER_DOMAIN,
  genesis,
  approverSet: approverSetHash(setBytes),
  site: 'headquarters',
  moduleClass: 'none',
  requester: 'ada',
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  notBefore: 1000,
  notAfter: 2000,
  reportBy: 3000,
} as const;

const letsIn = (change: Partial<Order> = {}): Uint8Array => {
  const named = { kind: 'register-manufacturer-key', manufacturer: 'OTHER', root: hashId(other.root) };
  const order: object = { ...common, ...named, ...change };
  return orderBytes(order as Order);
};
const enrolUnit = orderBytes({ ...common, kind: 'enrol-unit', unit: 'U-9', credential: hashId(rogue.root) });

function shown(change: Partial<ShownManufacturer> & { by?: readonly (typeof ada)[] } = {}): ShownManufacturer {
  const { certificate = other.root, order = letsIn(), by = [ada, ben] } = change;
  return { certificate, order, approvals: change.approvals ?? by.map((who) => signs(who, order)) };
}

function without(code: string): ManufacturerLaws {
  const law = <T extends { readonly code: string }>(table: readonly T[]) =>
    table.filter((check) => check.code !== code);
  const four: ApprovalLaws = {
    order: law(fourEyes.order),
    approval: law(fourEyes.approval),
    quorum: law(fourEyes.quorum),
    passkey: law(fourEyes.passkey),
  };
  return { fourEyes: four, manufacturer: law(manufacturerLaw) };
}

const result = (it: ShownManufacturer, laws?: ManufacturerLaws): string => {
  const root = acceptedRoot(it, { genesis, sets: [setBytes] }, laws);
  return isRefusal(root) ? root.code : root.id;
};

describe('S24c a unit and another manufacturer', () => {
  test('accepts the root that two persons let in, and under a later set as well', () => {
    expect(result(shown())).toBe(hashId(other.root));
    const order = letsIn({ approverSet: approverSetHash(rogueSet) });
    const held = { genesis, sets: [setBytes, rogueSet] };
    expect(acceptedRoot(shown({ order }), held)).toMatchObject({ id: hashId(other.root) });
  });

  test.each<[string, string, ShownManufacturer]>([
    ['a rogue root with the order of another', 'MANUFACTURER_OTHER_ROOT', shown({ certificate: rogue.root })],
    [
      'a rogue root with an approved order of another kind',
      'MANUFACTURER_ORDER_KIND',
      shown({ certificate: rogue.root, order: enrolUnit }),
    ],
    [
      'a root approved in a test deployment',
      'ORDER_OTHER_DEPLOYMENT',
      shown({ order: letsIn({ genesis: madeUpId('test') }) }),
    ],
    [
      'a root approved under a set that was never in force',
      'ORDER_OTHER_APPROVER_SET',
      shown({ order: letsIn({ approverSet: approverSetHash(rogueSet) }) }),
    ],
    ['a root that two strangers approved', 'APPROVAL_KEY_UNKNOWN', shown({ by: [ada, ben, eve] })],
    [
      'a root with the approvals of another order',
      'APPROVAL_SIGNATURE',
      shown({ approvals: [signs(ada, letsIn()), signs(ben, enrolUnit)] }),
    ],
  ])('refuses %s: %s', (_what, code, it) => {
    expect(result(it)).toBe(code);
    expect(result(it, without(code))).toMatch(/^[\w-]{43}$/);
  });

  test('refuses a root that one person approved with both his keys, and no root at all', () => {
    const order = letsIn();
    const twice = shown({ order, approvals: [signs(ada, order), signs(ada, order, { keyAt: 1 })] });
    expect(result(twice)).toBe('QUORUM_PERSONS');
    expect(result(twice, without('QUORUM_PERSONS'))).toBe('QUORUM_CLASS_A');
    const noRoot = letsIn({ root: hashId(rogue.identityCa) });
    expect(result(shown({ certificate: rogue.identityCa, order: noRoot }))).toBe('MANUFACTURER_ROOT');
    expect(result(shown({ certificate: Uint8Array.of(1), order: letsIn() }))).toBe('MANUFACTURER_ROOT');
  });
});
