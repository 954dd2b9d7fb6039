/** The approver set: whose keys count, once each, and how many persons each kind of order needs. */
import { describe, expect, test } from '@jest/globals';
import { issueCardOrder, personalizeOrder, suspendOrder } from '#test/kit/orders.ts';
import {
  type ApproverSet,
  NO_PREVIOUS_SET,
  type PolicyRule,
  approverSetBytes,
  approverSetHash,
  ceilingOf,
  holderOf,
  parseApproverSet,
  reviewWithinOf,
  ruleFor,
} from './approver-set.ts';
import { ascii } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { hasRoom } from './ceiling.ts';
import { officer, rule, setOf } from './officers.fixture.ts';
import { type DisableSigningKeyOrder, ORDER_KINDS, type Order, type OrderKind } from './order.ts';
import { isRefusal } from './refusal.ts';

const [ada, ben] = [officer('ada', ['requester', 'approver'], 'AB'), officer('ben', ['approver', 'custodian'])];
const set = setOf([ada, ben], [rule('personalize')]);

function sent(changes: object): unknown {
  const read = parseApproverSet(ascii(canonicalJson({ ...set, ...changes })));
  return isRefusal(read) ? read.code : read;
}

const withPolicy = (...policy: readonly PolicyRule[]): unknown => sent({ policy });
const [adaInSet, benInSet] = [set.persons[0]!, set.persons[1]!];

/** The same 32 octets with one of the two idle bits of base64url set. */
function respelled(coordinate: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return `${coordinate.slice(0, 42)}${letters[letters.indexOf(coordinate[42] ?? '') + 1] ?? ''}`;
}

describe('an approver set', () => {
  test('is read as it was written; its hash is the hash of its bytes', () => {
    const bytes = approverSetBytes(set);
    expect(parseApproverSet(bytes)).toEqual(set);
    expect(approverSetHash(bytes)).not.toBe(approverSetHash(approverSetBytes({ ...set, version: 2 })));
  });

  test('knows the holder of each key, and no stranger', () => {
    for (const key of ada.keys)
      expect(holderOf(set, key.kid)).toMatchObject({ person: { id: 'ada' }, key: key.public });
    expect(holderOf(set, officer('eve').keys[0]!.kid)).toBeNull();
    expect(holderOf(set, '')).toBeNull();
  });

  test.each<[string, object, string]>([
    ['a key with two persons', { persons: [adaInSet, { ...benInSet, keys: adaInSet.keys.slice(0, 1) }] }, 'KEY_TWICE'],
    [
      'a key twice with one person',
      { persons: [{ ...adaInSet, keys: [adaInSet.keys[0], adaInSet.keys[0]] }, benInSet] },
      'KEY_TWICE',
    ],
    [
      'a key twice, once of each class',
      { persons: [{ ...adaInSet, keys: [{ ...adaInSet.keys[0], class: 'B' }, adaInSet.keys[0]] }, benInSet] },
      'KEY_TWICE',
    ],
    [
      'a key again in another spelling',
      { persons: [adaInSet, { ...benInSet, keys: [{ ...adaInSet.keys[0]!, x: respelled(adaInSet.keys[0]!.x) }] }] },
      'BAD_SHAPE',
    ],
    [
      'a key that is no point of the curve',
      { persons: [adaInSet, { ...benInSet, keys: [{ ...benInSet.keys[0]!, y: benInSet.keys[0]!.x }] }] },
      'BAD_KEY',
    ],
    ['a person twice', { persons: [adaInSet, { ...benInSet, id: 'ada' }] }, 'PERSON_TWICE'],
    ['one person', { persons: [adaInSet] }, 'BAD_SHAPE'],
    ['a person without a key', { persons: [adaInSet, { ...benInSet, keys: [] }] }, 'BAD_SHAPE'],
    ['a person without a role', { persons: [adaInSet, { ...benInSet, roles: [] }] }, 'BAD_SHAPE'],
    ['a role that there is not', { persons: [adaInSet, { ...benInSet, roles: ['owner'] }] }, 'BAD_SHAPE'],
    [
      'a key of class C',
      { persons: [adaInSet, { ...benInSet, keys: [{ ...benInSet.keys[0], class: 'C' }] }] },
      'BAD_SHAPE',
    ],
    [
      'a key of another curve',
      { persons: [adaInSet, { ...benInSet, keys: [{ ...benInSet.keys[0], crv: 'P-384' }] }] },
      'BAD_SHAPE',
    ],
    [
      'a private key',
      { persons: [adaInSet, { ...benInSet, keys: [{ ...benInSet.keys[0], d: 'A'.repeat(43) }] }] },
      'BAD_SHAPE',
    ],
    ['no policy', { policy: [] }, 'BAD_SHAPE'],
    ['version 0', { version: 0 }, 'BAD_SHAPE'],
    ['a member of its own', { note: 'x' }, 'BAD_SHAPE'],
    ['more class A than persons', { policy: [rule('personalize', { persons: 2, classA: 3 })] }, 'QUORUM_TOO_SMALL'],
  ])('with %s is refused', (_what, changes, code) => expect(sent(changes)).toBe(code));

  test('S31b cannot let one person alone widen trust', () => {
    const kinds = Object.keys(ORDER_KINDS) as OrderKind[];
    const alone = kinds.filter((kind) => withPolicy(rule(kind, { persons: 1, classA: 0 })) !== 'QUORUM_TOO_SMALL');
    expect(alone).toEqual([
      'suspend-signing-key',
      'disable-signing-key',
      'review-divergence',
      'withdraw-roles',
      'suspend-operator',
      'withdraw-credential',
    ]);
    const widening = kinds.filter((kind) => withPolicy(rule(kind, { classA: 1 })) === 'QUORUM_TOO_SMALL');
    const widens = ['enrol-unit', 'enrol-station', 'issue-card', 'trust-signing-key', 'retrust-signing-key'];
    widens.push('reset', 'transfer', 'adopt-approver-set', 'enrol-operator', 'link-operator', 'grant-roles');
    widens.push('register-manufacturer-key', 'admit-witness');
    expect(widening).toEqual(widens);
    for (const kind of kinds) expect(withPolicy(rule(kind, { persons: 0, classA: 0 }))).toBe('BAD_SHAPE');
  });
});

describe('S31b what one officer may take away alone', () => {
  const {
    serials: _1,
    unit: _2,
    station: _3,
    stationKey: _4,
    stationNextKey: _5,
    profile: _6,
    ...rest
  } = personalizeOrder();
  const { certificateNotBefore: _7, certificateNotAfter: _8, ...common } = rest;
  const strictly = { ...common, kind: 'disable-signing-key', mode: 'strict', modules: 16, reason: 'lost' } as const;
  const disabling = (changes: Partial<DisableSigningKeyOrder> = {}): Order => ({ ...strictly, ...changes });
  const checkpoint = { size: 9, root: NO_PREVIOUS_SET };
  const personsFor = (order: Order, changes: Partial<ApproverSet> = {}, persons = 1) =>
    ruleFor(setOf([ada, ben], [rule('disable-signing-key', { persons, classA: 1 })], changes), order)?.persons;

  test('is bounded by the ceiling of the set, and a second officer confirms what is above', () => {
    expect(personsFor(disabling())).toBe(1);
    expect(personsFor(disabling({ modules: 17 }))).toBe(2);
    expect(personsFor(disabling({ modules: 17 }), {}, 3)).toBe(3);
    expect(personsFor(disabling({ modules: 0, mode: 'from-checkpoint', checkpoint }))).toBe(2);
    const ceiling = { modules: 2, cardsPerDay: 1 };
    expect(personsFor(disabling({ modules: 2 }), { ceiling })).toBe(1);
    expect(personsFor(disabling({ modules: 3 }), { ceiling })).toBe(2);
    expect(personsFor(suspendOrder())).toBeUndefined();
  });

  test('stands in the set or has a default; a set without it is the same octets as before', () => {
    expect(ceilingOf(set)).toEqual({ modules: 16, cardsPerDay: 1 });
    expect(reviewWithinOf(set)).toBe(3 * 86_400);
    const limits = { ceiling: { modules: 5, cardsPerDay: 0 }, reviewWithin: 3600 };
    expect(sent(limits)).toMatchObject(limits);
    expect(canonicalJson(sent({}) as object)).toBe(canonicalJson(set));
    for (const bad of [
      { ceiling: { modules: 5 } },
      { ceiling: { modules: -1, cardsPerDay: 1 } },
      { reviewWithin: 59 },
      { reviewWithin: 2_678_401 },
      { ceiling: { modules: 5, cardsPerDay: 1, pleasure: 1 } },
    ])
      expect(sent(bad)).toBe('BAD_SHAPE');
  });

  test('counts cards within 24 hours', () => {
    const two = { modules: 1, cardsPerDay: 2 };
    expect(hasRoom(two, [], 100_000)).toBe(true);
    expect(hasRoom(two, [99_000, 13_601], 100_000)).toBe(false);
    expect(hasRoom(two, [99_000, 13_600], 100_000)).toBe(true);
    expect(hasRoom({ ...two, cardsPerDay: 0 }, [], 100_000)).toBe(false);
  });
});

describe('the rule for an order', () => {
  const policy = [
    rule('personalize', { persons: 5 }),
    rule('personalize', { moduleClass: 'atm', persons: 4 }),
    rule('personalize', { site: 'hamburg', persons: 3 }),
    rule('personalize', { site: 'hamburg', moduleClass: 'atm', persons: 2 }),
  ];
  const personsFor = (set: ApproverSet, changes: Parameters<typeof personalizeOrder>[0]) =>
    ruleFor(set, personalizeOrder(changes))?.persons;

  test('is the closest, site before class, in whatever order they stand', () => {
    for (const standing of [policy, policy.toReversed()]) {
      const under = setOf([ada, ben], standing);
      expect(personsFor(under, {})).toBe(2);
      expect(personsFor(under, { moduleClass: 'pos' })).toBe(3);
      expect(personsFor(under, { site: 'kiel' })).toBe(4);
      expect(personsFor(under, { site: 'kiel', moduleClass: 'pos' })).toBe(5);
    }
  });

  test('is of its own kind or none', () => {
    expect(ruleFor(setOf([ada, ben], policy), issueCardOrder())).toBeNull();
    expect(ruleFor(setOf([ada, ben], [rule('personalize', { site: 'kiel' })]), personalizeOrder())).toBeNull();
  });
});
