import { describe, expect, test } from '@jest/globals';
import { fold } from '#libs/kernel/decider.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { given } from '#test/kit/given.ts';
import {
  approve,
  approved,
  byTwo,
  decline,
  declined,
  expired,
  finding,
  noApprover,
  order,
  request,
  requested,
  spent,
  take,
  taken,
  withdraw,
  withdrawn,
} from '#test/kit/order-examples.ts';
import { issueCardOrder, orderText, personalizeOrder, suspendOrder } from '#test/kit/orders.ts';
import { type OrderEvent, orderDecider } from './order.ts';

const stateAfter = (...events: readonly OrderEvent[]) => fold(orderDecider, events).is;

describe('an order is requested', () => {
  test('S31b the request is an approval too when the requester is an approver', () => {
    given(orderDecider).when(request()).then(requested(), approved('ana'));
    given(orderDecider)
      .when(request(order, noApprover('ana')))
      .then(requested());
  });

  test('by the person it names', () => {
    given(orderDecider)
      .when(request(order, finding('bo')))
      .refused('NOT_THE_REQUESTER');
  });

  test('in its own bytes', () => {
    given(orderDecider)
      .when({ ...request(), bytes: orderText(personalizeOrder({ site: 'kiel' })) })
      .refused('ORDER_BYTES');
  });

  test('once', () => {
    given(orderDecider, ...byTwo)
      .when(request())
      .nothing();
    given(orderDecider, ...byTwo)
      .when(request(suspendOrder()))
      .refused('ORDER_KNOWN');
  });

  test('before its end', () => {
    given(orderDecider)
      .when({ ...request(), now: 2001 })
      .refused('ORDER_EXPIRED');
  });

  test('S31b under a rule of two persons at least, where its kind demands them', () => {
    given(orderDecider)
      .when(request(order, finding('ana'), { persons: 1, classA: 1 }))
      .refused('QUORUM_TOO_SMALL');
    const one = { persons: 1, classA: 0 };
    const suspension = suspendOrder();
    given(orderDecider)
      .when(request(suspension, finding('ana'), one))
      .then(requested(suspension, one), approved('ana'));
    expect(stateAfter(requested(suspension, one), approved('ana'))).toBe('approved');
  });
});

describe('an order is approved', () => {
  test('S31b by two different persons', () => {
    given(orderDecider, requested(), approved('ana'))
      .when(approve(finding('bo')))
      .then(approved('bo'));
    expect(stateAfter(requested(), approved('ana'))).toBe('requested');
    expect(stateAfter(...byTwo)).toBe('approved');
  });

  test('S31b one person is never two pairs of eyes', () => {
    const again = finding('ana', 'A', 'another key of ana');
    given(orderDecider, requested(), approved('ana')).when(approve(again)).nothing();
    given(orderDecider, requested(), approved('ana')).when(take('ATM-1')).refused('ORDER_NOT_APPROVED');
    expect(stateAfter(requested(), approved('ana'), approved('ana', 'A', 'another key of ana'))).toBe('requested');
  });

  test('S31b requesting and approving are one pair of eyes', () => {
    given(orderDecider, requested(), approved('ana'))
      .when(approve(finding('ana')))
      .nothing();
  });

  test('by enough keys on the own machine: a class A key after a class B key lifts the same one person', () => {
    const halfB = [requested(), approved('ana'), approved('bo', 'B')] as const;
    expect(stateAfter(...halfB)).toBe('requested');
    given(orderDecider, ...halfB)
      .when(approve(finding('bo', 'B', 'another')))
      .nothing();
    given(orderDecider, ...halfB)
      .when(approve(finding('bo')))
      .then(approved('bo'));
    expect(stateAfter(...halfB, approved('bo'))).toBe('approved');
    expect(stateAfter(requested(), approved('bo', 'B'), approved('bo'))).toBe('requested');
    expect(stateAfter(requested(), approved('ana'), approved('bo'), approved('bo', 'B'))).toBe('approved');
  });

  test('says how many persons are owed', () => {
    const decision = orderDecider.decide(take('ATM-1'), fold(orderDecider, [requested(), approved('ana', 'B')]));
    expect(isRefusal(decision) ? decision.message : '').toContain('1 more persons, and 2 more with a class A key');
  });

  test('not by others, nor too late, nor where there is none', () => {
    given(orderDecider)
      .when(approve(finding('bo')))
      .refused('ORDER_UNKNOWN');
    given(orderDecider, requested())
      .when(approve(noApprover('bo')))
      .refused('NOT_AN_APPROVER');
    given(orderDecider, requested())
      .when(approve(finding('bo'), 2001))
      .refused('ORDER_EXPIRED');
    given(orderDecider, requested(), declined)
      .when(approve(finding('cy')))
      .refused('ORDER_DECLINED');
    given(orderDecider, requested(), withdrawn)
      .when(approve(finding('cy')))
      .refused('ORDER_WITHDRAWN');
    given(orderDecider, requested(), expired)
      .when(approve(finding('cy')))
      .refused('ORDER_EXPIRED');
  });

  test('S31b not by a custodian of the card that it issues', () => {
    const issue = issueCardOrder({ requester: 'ana' });
    given(orderDecider, requested(issue))
      .when(approve(finding('kim')))
      .refused('CUSTODIAN_APPROVES');
    const byCustodian = issueCardOrder({ custodians: ['ana', 'lee'] });
    given(orderDecider).when(request(byCustodian)).then(requested(byCustodian));
  });
});

describe('an order ends', () => {
  test('declined by an approver, while it is not approved', () => {
    given(orderDecider, requested())
      .when(decline(finding('bo')))
      .then(declined);
    given(orderDecider, requested())
      .when(decline(noApprover('bo')))
      .refused('NOT_AN_APPROVER');
    given(orderDecider, requested(), declined)
      .when(decline(finding('cy')))
      .nothing();
    given(orderDecider, ...byTwo)
      .when(decline(finding('cy')))
      .refused('ORDER_NOT_OPEN');
  });

  test('withdrawn by the requester or any approver, until all of it is spent', () => {
    given(orderDecider, requested())
      .when(withdraw(noApprover('ana')))
      .then(withdrawn);
    given(orderDecider, ...byTwo, taken('ATM-1'))
      .when(withdraw(finding('ana')))
      .then(withdrawn);
    given(orderDecider, requested())
      .when(withdraw(noApprover('eve')))
      .refused('NOT_AN_APPROVER');
    given(orderDecider, requested(), withdrawn)
      .when(withdraw(finding('bo')))
      .nothing();
    given(orderDecider, ...byTwo, spent('ATM-1'), spent('ATM-2'))
      .when(withdraw(finding('ana')))
      .refused('ORDER_NOT_OPEN');
  });

  test('expired when its time is over, and once', () => {
    given(orderDecider, ...byTwo)
      .when({ do: 'ExpireOrder', now: 2001 })
      .then(expired);
    given(orderDecider, ...byTwo)
      .when({ do: 'ExpireOrder', now: 2000 })
      .refused('NOT_EXPIRED');
    given(orderDecider, ...byTwo, expired)
      .when({ do: 'ExpireOrder', now: 2002 })
      .nothing();
    given(orderDecider, requested(), withdrawn).when({ do: 'ExpireOrder', now: 2001 }).refused('ORDER_WITHDRAWN');
  });
});
