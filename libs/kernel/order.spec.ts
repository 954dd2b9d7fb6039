/** The order: closed templates, windows and serials, and what a person sees of the bytes he signs. */
import { describe, expect, test } from '@jest/globals';
import { issueCardOrder, madeUpId, personalizeOrder, suspendOrder } from '#test/kit/orders.ts';
import { expectGolden } from '#test/kit/golden.ts';
import { ascii } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import {
  NO_END,
  ORDER_KINDS,
  type Order,
  type OrderKind,
  orderBytes,
  orderId,
  parseOrder,
  renderOrder,
} from './order.ts';
import { isRefusal } from './refusal.ts';

const {
  kind: _kind,
  card: _card,
  deviceKey: _device,
  custodians: _custodians,
  enforcement: _enforcement,
  ...common
} = issueCardOrder();

const erasing = { cardKey: madeUpId('card'), unit: 'unit-1', serial: 'ATM-1', epoch: 1 } as const;

/** One order of every kind. */
const orders: { readonly [K in OrderKind]: Extract<Order, { kind: K }> } = {
  'enrol-unit': { ...common, kind: 'enrol-unit', unit: 'unit-1', credential: madeUpId('credential') },
  'enrol-station': {
    ...common,
    kind: 'enrol-station',
    station: 'north',
    credential: madeUpId('credential'),
    stationKey: madeUpId('station'),
    stationNextKey: madeUpId('next'),
  },
  'issue-card': issueCardOrder(),
  'trust-signing-key': {
    ...common,
    kind: 'trust-signing-key',
    card: 'card-1',
    cardKey: madeUpId('card'),
    birth: madeUpId('birth'),
    stations: ['north', 'south'],
  },
  personalize: personalizeOrder(),
  'suspend-signing-key': suspendOrder(),
  'compromise-signing-key': { ...common, kind: 'compromise-signing-key', cardKey: madeUpId('card'), reason: 'misused' },
  'retrust-signing-key': {
    ...common,
    kind: 'retrust-signing-key',
    card: 'card-1',
    cardKey: madeUpId('card'),
    birth: madeUpId('birth'),
    stations: ['north'],
  },
  'disable-signing-key': {
    ...common,
    kind: 'disable-signing-key',
    cardKey: madeUpId('card'),
    mode: 'from-checkpoint',
    checkpoint: { size: 120, root: madeUpId('root') },
    modules: 3,
    reason: 'suspected-misuse',
  },
  'review-divergence': {
    ...common,
    kind: 'review-divergence',
    card: 'card-1',
    divergence: 'cloned-card',
    number: 4,
    head: madeUpId('head'),
    reason: 'known-copy',
  },
  reset: { ...common, kind: 'reset', ...erasing },
  transfer: { ...common, kind: 'transfer', ...erasing, newGenesis: madeUpId('other') },
  'retire-card': { ...common, kind: 'retire-card', card: 'card-1', reason: 'broken' },
  'retire-module': { ...common, kind: 'retire-module', serial: 'ATM-1', reason: 'end-of-life' },
  'adopt-approver-set': {
    ...common,
    kind: 'adopt-approver-set',
    version: 2,
    set: madeUpId('later'),
    previous: madeUpId('set'),
  },
  'enrol-operator': {
    ...common,
    kind: 'enrol-operator',
    operator: 'kim',
    roles: ['technician', 'auditor'],
    credential: madeUpId('credential'),
  },
  'link-operator': {
    ...common,
    kind: 'link-operator',
    operator: 'kim',
    issuer: 'https://sign-in.example/bank',
    link: madeUpId('link'),
  },
  'grant-roles': { ...common, kind: 'grant-roles', operator: 'kim', roles: ['auditor'] },
  'register-manufacturer-key': {
    ...common,
    kind: 'register-manufacturer-key',
    manufacturer: 'maker-2',
    root: madeUpId('root'),
  },
  'withdraw-manufacturer-key': {
    ...common,
    kind: 'withdraw-manufacturer-key',
    root: madeUpId('root'),
    reason: 'ended',
  },
  'admit-witness': {
    ...common,
    kind: 'admit-witness',
    witness: 'witness.example/two+0a1b2c3d+BAcd',
  },
  'withdraw-roles': { ...common, kind: 'withdraw-roles', operator: 'kim', roles: ['auditor'], reason: 'replaced' },
  'suspend-operator': { ...common, kind: 'suspend-operator', operator: 'kim', reason: 'absent' },
  'withdraw-operator': { ...common, kind: 'withdraw-operator', operator: 'kim', reason: 'left' },
  'withdraw-credential': {
    ...common,
    kind: 'withdraw-credential',
    operator: 'kim',
    credential: madeUpId('credential'),
    reason: 'lost',
  },
};
const passkey = { backup: 'none', origin: 'https://keyledger.example', rpId: 'keyledger.example' } as const;
const { checkpoint, ...disabling } = orders['disable-signing-key'];
const strictly = { ...disabling, mode: 'strict', modules: 1 } as const;
/** Members that an order of its kind may have or not. */
const MAY_LACK = ['passkey', 'instead'];
const everyOrder: readonly Order[] = [
  ...Object.values(orders),
  strictly,
  { ...orders['enrol-operator'], passkey },
  { ...orders['admit-witness'], instead: 'witness.example/one' },
  personalizeOrder({ serials: { root: madeUpId('root'), size: 100 } }),
];

/** The outcome for an order's members with some changed, as they would be sent. */
function sent(order: Order, changes: Readonly<Record<string, unknown>> = {}): unknown {
  const members = Object.entries({ ...order, ...changes }).filter(([, value]) => value !== undefined);
  const read = parseOrder(ascii(canonicalJson(Object.fromEntries(members))));
  return isRefusal(read) ? read.code : read;
}

describe('an order', () => {
  test('of every kind is read as it was written, and its id is the hash of its bytes', () => {
    expect(Object.keys(orders).sort()).toEqual(Object.keys(ORDER_KINDS).sort());
    for (const order of everyOrder) {
      expect(parseOrder(orderBytes(order))).toEqual(order);
      expect(orderId(orderBytes(order))).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }
    expect(new Set(everyOrder.map((order) => orderId(orderBytes(order)))).size).toBe(everyOrder.length);
  });

  test('of every kind lacks no member and bears no other', () => {
    for (const order of everyOrder) {
      for (const member of Object.keys(order).filter((name) => name !== 'kind' && !MAY_LACK.includes(name)))
        expect([member, sent(order, { [member]: undefined })]).toEqual([member, 'BAD_SHAPE']);
      for (const pins of ['x', {}, { ...passkey, backup: 'x' }, { ...passkey, more: 'x' }, { ...passkey, origin: 'x' }])
        expect(sent(order, { passkey: pins })).toBe('BAD_SHAPE');
      for (const member of ['note', 'toString', 'constructor', 'salt'])
        expect(sent(order, { [member]: 'x' })).toBe('BAD_SHAPE');
    }
  });

  test.each([
    ['another kind', 'reset-card'],
    ['a member of every object', 'toString'],
    ['none', undefined],
    ['a number', 1],
  ])('of no kind is refused: %s', (_what, kind) =>
    expect(sent(orders.personalize, { kind })).toBe('UNKNOWN_ORDER_KIND'),
  );

  test.each([
    ['another domain', { domain: 'keyledger/order/v2' }, 'BAD_SHAPE'],
    ['a genesis of 31 octets', { genesis: 'A'.repeat(42) }, 'BAD_SHAPE'],
    ['a genesis in another spelling', { genesis: `${'A'.repeat(42)}B` }, 'BAD_SHAPE'],
    ['a nonce in another spelling', { nonce: `${'A'.repeat(21)}B` }, 'BAD_SHAPE'],
    ['a name with a space', { site: 'hamburg altona' }, 'BAD_SHAPE'],
    ['a name with an underscore', { site: 'hamburg_altona' }, 'BAD_SHAPE'],
    ['an empty name', { requester: '' }, 'BAD_SHAPE'],
    ['a name of 65 letters', { requester: 'a'.repeat(65) }, 'BAD_SHAPE'],
    ['a time as text', { notAfter: '2000' }, 'BAD_SHAPE'],
    ['a time before 1970', { notBefore: -1 }, 'BAD_SHAPE'],
    ['a time behind 9999', { reportBy: NO_END + 1 }, 'BAD_SHAPE'],
    ['a use window that ends as it begins', { notAfter: 1000 }, 'BAD_WINDOW'],
    ['a report due before the end', { reportBy: 1999 }, 'BAD_WINDOW'],
    ['a certificate that ends as it begins', { certificateNotAfter: 1000 }, 'BAD_WINDOW'],
    ['another profile', { profile: 'module-operation-2' }, 'BAD_SHAPE'],
    ['serials that descend', { serials: ['ATM-2', 'ATM-1'] }, 'BAD_SERIALS'],
    ['a serial twice', { serials: ['ATM-1', 'ATM-1'] }, 'BAD_SERIALS'],
    ['no serial', { serials: [] }, 'BAD_SHAPE'],
    ['17 serials', { serials: Array.from({ length: 17 }, (_, at) => `ATM-${10 + at}`) }, 'BAD_SHAPE'],
    ['serials that are no list', { serials: { 0: 'ATM-1' } }, 'BAD_SHAPE'],
    ['a tree of no serial', { serials: { root: madeUpId('root'), size: 0 } }, 'BAD_SHAPE'],
    ['a tree of 257 serials', { serials: { root: madeUpId('root'), size: 257 } }, 'BAD_SHAPE'],
    ['a tree without its size', { serials: { root: madeUpId('root') } }, 'BAD_SHAPE'],
    ['a tree and a list', { serials: { root: madeUpId('root'), size: 2, list: ['ATM-1', 'ATM-2'] } }, 'BAD_SHAPE'],
    ['a root of 31 octets', { serials: { root: 'A'.repeat(42), size: 2 } }, 'BAD_SHAPE'],
    ['more than 4 KiB', { note: 'a'.repeat(4096) }, 'TOO_LARGE'],
  ])('is refused with %s', (_what, changes, code) => expect(sent(orders.personalize, changes)).toBe(code));

  test.each([
    ['one custodian', { custodians: ['kim'] }],
    ['three custodians', { custodians: ['kim', 'lee', 'mia'] }],
    ['an enforcement of its own', { enforcement: 'soft' }],
  ])('that issues a card is refused with %s', (_what, changes) =>
    expect(sent(orders['issue-card'], changes)).toBe('BAD_SHAPE'),
  );

  test.each([
    ['a moment though it disables strictly', { ...strictly, checkpoint }, {}],
    ['a mode of its own', strictly, { mode: 'softly' }],
    ['a moment of size 0', orders['disable-signing-key'], { checkpoint: { ...checkpoint, size: 0 } }],
    ['a number of modules that is none', strictly, { modules: -1 }],
    ['a reason of its own', strictly, { reason: 'because' }],
  ])('that disables a key is refused with %s', (_what, order, changes) =>
    expect(sent(order, changes)).toBe('BAD_SHAPE'),
  );

  test('is refused in any other bytes, even when they mean the same', () => {
    const text = canonicalJson(orders.personalize);
    const twice = text.replace('{"approverSet"', '{"approverSet":"x","approverSet"');
    for (const other of [
      ` ${text}`,
      `${text} `,
      text.replace('":"', '": "'),
      twice,
      text.replace('hamburg', '\\u0068amburg'),
    ])
      expect(parseOrder(ascii(other))).toMatchObject({ code: 'NOT_CANONICAL' });
  });

  test('that is a list, a text or nothing is refused', () => {
    for (const text of ['[]', '"personalize"', '1', '{}', '', '{"is":"refusal","code":"ORDER_APPROVED","message":"x"}'])
      expect(['UNKNOWN_ORDER_KIND', 'NOT_JSON', 'NOT_PLAIN_JSON']).toContain(
        (parseOrder(ascii(text)) as { code: string }).code,
      );
  });
});

describe('what a person sees', () => {
  test('of each kind is what the golden says, from the bytes alone', () => {
    const lines = everyOrder.flatMap((order) => {
      const rendered = renderOrder(orderBytes(order));
      return isRefusal(rendered) ? [rendered.code] : [...rendered, ''];
    });
    expectGolden(new URL('order.rendered.txt', import.meta.url), `${lines.join('\n')}`);
  });

  test('is nothing but the refusal where the bytes are no order', () => {
    expect(renderOrder(ascii('{}'))).toMatchObject({ code: 'UNKNOWN_ORDER_KIND' });
  });

  test('shows every text and every serial of the order itself, not only its hash', () => {
    for (const order of everyOrder) {
      const rendered = renderOrder(orderBytes(order));
      const seen = isRefusal(rendered) ? '' : rendered.join('\n');
      const { domain: _, kind: __, nonce: ___, ...shown } = { passkey: {}, ...order };
      const texts = [...Object.values(shown).flat(), ...Object.values(shown.passkey ?? {})] as readonly unknown[];
      for (const text of texts.filter((one) => typeof one === 'string')) expect(seen).toContain(text);
    }
  });
});
