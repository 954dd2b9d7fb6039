/** What a certificate may be under a lease for the field: the law alone, with what the record knows of the other entries. */
import { describe, expect, test } from '@jest/globals';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { judge } from '#libs/kernel/law.ts';
import { leaseUseLaw } from './field-leases.ts';

const orderHash = new Uint8Array(32).fill(7);
const lease = {
  challenge: 'c',
  time: 1000,
  approverSet: 's',
  entries: 2,
  withdrawn: [] as string[],
  signature: 'x',
  after: 4,
};
const codeOf = (number: number, others: readonly number[], change: Partial<typeof lease> = {}): string =>
  judge(leaseUseLaw, { lease: { ...lease, ...change }, entry: { number, orderHash }, others })?.code ?? 'holds';

describe('S29b under a lease for the field', () => {
  test('a card signs as often as the lease says, in whatever order it is told, and not once more', () => {
    expect([codeOf(5, []), codeOf(6, [5]), codeOf(5, [6, 7]), codeOf(6, [7, 5])]).toEqual(Array(4).fill('holds'));
    expect([codeOf(7, [5, 6]), codeOf(8, [5, 7])]).toEqual(['LEASE_USED_UP', 'LEASE_USED_UP']);
  });

  test('a card uses no order that the lease named as withdrawn', () => {
    expect(codeOf(5, [], { withdrawn: [toBase64url(orderHash)] })).toBe('LEASE_WITHDREW_ORDER');
    expect(codeOf(5, [], { withdrawn: [toBase64url(new Uint8Array(32))] })).toBe('holds');
  });
});
