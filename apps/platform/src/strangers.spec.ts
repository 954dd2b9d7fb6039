import { describe, expect, test } from '@jest/globals';
import { Strangers } from './strangers.ts';

describe('refusals of callers without a credential', () => {
  test('one of each kind is recorded in a minute, and the next says how many were not', () => {
    const strangers = new Strangers();
    expect(strangers.admit('approveOrder', 'APPROVAL_SIGNATURE', 0)).toBe(0);
    expect(strangers.admit('approveOrder', 'APPROVAL_SIGNATURE', 10)).toBeNull();
    expect(strangers.admit('approveOrder', 'APPROVAL_SIGNATURE', 59_999)).toBeNull();
    expect(strangers.admit('approveOrder', 'ORDER_UNKNOWN', 59_999)).toBe(0);
    expect(strangers.admit('approveOrder', 'APPROVAL_SIGNATURE', 60_000)).toBe(2);
    expect(strangers.admit('approveOrder', 'APPROVAL_SIGNATURE', 60_001)).toBeNull();
  });

  test('a flood of kinds does not grow without end', () => {
    const strangers = new Strangers();
    for (let kind = 0; kind < 5000; kind += 1) strangers.admit('requestOrder', `CODE_${kind}`, kind);
    expect(strangers.admit('requestOrder', 'CODE_4999', 5000)).toBeNull();
    expect(strangers.admit('requestOrder', 'CODE_0', 5000)).toBe(0);
  });
});
