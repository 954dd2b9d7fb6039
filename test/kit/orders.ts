/** Orders and persons for law tests: made-up ids of the right shape, and no real keys. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import type { IssueCardOrder, Order, PersonalizeOrder, SuspendSigningKeyOrder } from '#libs/kernel/order.ts';

/** An id of 32 octets' shape that ends in the given letters. */
export function madeUpId(letters: string): string {
  return `${'A'.repeat(42 - letters.length)}${letters}A`;
}

export const proofOf = (person: string): Proof => ({ protected: `header-${person}`, signature: `signature-${person}` });

export const orderText = (order: Order): string => canonicalJson(order);

const common = {
  domain: 'keyledger/order/v1',
  genesis: madeUpId('genesis'),
  approverSet: madeUpId('set'),
  site: 'hamburg',
  moduleClass: 'atm',
  requester: 'ana',
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  notBefore: 1000,
  notAfter: 2000,
  reportBy: 3000,
} as const;

/** Serials of consecutive numbers: ascending, as an order wants them. */
export function serialsFrom(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `SM-${String(first + at).padStart(6, '0')}`);
}

export function personalizeOrder(changes: Partial<PersonalizeOrder> = {}): PersonalizeOrder {
  return {
    ...common,
    kind: 'personalize',
    cardKey: madeUpId('card'),
    unit: 'unit-1',
    station: 'north',
    stationKey: madeUpId('station'),
    stationNextKey: madeUpId('next'),
    profile: 'module-operation-1',
    certificateNotBefore: 1000,
    certificateNotAfter: 9000,
    serials: ['ATM-1', 'ATM-2'],
    ...changes,
  };
}

export function issueCardOrder(changes: Partial<IssueCardOrder> = {}): IssueCardOrder {
  return {
    ...common,
    kind: 'issue-card',
    card: 'card-1',
    deviceKey: madeUpId('device'),
    custodians: ['kim', 'lee'],
    enforcement: 'device',
    ...changes,
  };
}

export function suspendOrder(changes: Partial<SuspendSigningKeyOrder> = {}): SuspendSigningKeyOrder {
  return { ...common, kind: 'suspend-signing-key', cardKey: madeUpId('card'), reason: 'lost', ...changes };
}
