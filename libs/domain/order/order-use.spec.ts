import { describe, expect, test } from '@jest/globals';
import { fold } from '#libs/kernel/decider.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import {
  approve,
  approved,
  byTwo,
  decline,
  expired,
  finding,
  isOverdue,
  noApprover,
  overdue,
  request,
  requested,
  spend,
  spent,
  take,
  taken,
  twoOfClassA,
  withdraw,
  withdrawn,
} from '#test/kit/order-examples.ts';
import { madeUpId, personalizeOrder, serialsFrom, suspendOrder } from '#test/kit/orders.ts';
import { type OrderEvent, type OrderState, orderDecider } from './order.ts';

const stateAfter = (...events: readonly OrderEvent[]) => fold(orderDecider, events).is;

describe('an order that holds the root of a list', () => {
  const long = personalizeOrder({ serials: { root: madeUpId('root'), size: 20 } });
  const listed = serialsFrom(1, 20);
  const asked = requested(long, twoOfClassA, listed);
  const events = [asked, approved('ana'), approved('bo')] as const;

  test('stands in the record with its whole list', () => {
    expect(orderDecider.decide({ ...request(long), serials: listed }, orderDecider.initial)).toMatchObject([
      { type: 'OrderRequested', data: { serials: listed } },
      { type: 'OrderApproved' },
    ]);
  });

  test('is taken and spent for each of the list, and for no other', () => {
    given(orderDecider, ...events)
      .when(take('SM-000020'))
      .then(taken('SM-000020'));
    given(orderDecider, ...events)
      .when(take('SM-000021'))
      .refused('SERIAL_NOT_IN_ORDER');
    given(orderDecider, ...events)
      .when(spend('SM-000021'))
      .refused('SERIAL_NOT_IN_ORDER');
  });
});

describe('an order is taken', () => {
  test('by its unit, a serial at a time, in its window', () => {
    given(orderDecider, ...byTwo)
      .when(take('ATM-1'))
      .then(taken('ATM-1'));
    given(orderDecider, ...byTwo, taken('ATM-1'))
      .when(take('ATM-1'))
      .nothing();
    given(orderDecider, ...byTwo)
      .when(take('ATM-9'))
      .refused('SERIAL_NOT_IN_ORDER');
    given(orderDecider, ...byTwo)
      .when(take('ATM-1', 'unit-2'))
      .refused('WRONG_UNIT');
    given(orderDecider, ...byTwo, taken('ATM-1', 'unit-2'))
      .when(take('ATM-1'))
      .refused('SERIAL_TAKEN');
    given(orderDecider, ...byTwo)
      .when(take('ATM-1', 'unit-1', 999))
      .refused('ORDER_TOO_EARLY');
    given(orderDecider, ...byTwo)
      .when(take('ATM-1', 'unit-1', 2001))
      .refused('ORDER_EXPIRED');
  });

  test('not after a withdrawal, even where it was taken before', () => {
    given(orderDecider, ...byTwo, taken('ATM-1'), withdrawn)
      .when(take('ATM-1'))
      .refused('ORDER_WITHDRAWN');
    given(orderDecider, ...byTwo, withdrawn)
      .when(take('ATM-2'))
      .refused('ORDER_WITHDRAWN');
  });

  test('not where it was spent', () => {
    given(orderDecider, ...byTwo, taken('ATM-1'), spent('ATM-1'))
      .when(take('ATM-1'))
      .refused('SERIAL_SPENT');
  });
});

describe('an order is spent', () => {
  const all = [...byTwo, taken('ATM-1'), spent('ATM-1'), spent('ATM-2')] as const;

  test('once for each serial', () => {
    given(orderDecider, ...byTwo, taken('ATM-1'))
      .when(spend('ATM-1'))
      .then(spent('ATM-1'));
    given(orderDecider, ...all)
      .when(spend('ATM-1'))
      .nothing();
    given(orderDecider, ...all)
      .when(spend('ATM-1', 'personalization-x'))
      .refused('SERIAL_SPENT');
    given(orderDecider, ...byTwo)
      .when(spend('ATM-9'))
      .refused('SERIAL_NOT_IN_ORDER');
    given(orderDecider, ...byTwo)
      .when(spend(null))
      .refused('SERIAL_NOT_IN_ORDER');
    expect(stateAfter(...byTwo, spent('ATM-1'))).toBe('approved');
    expect(stateAfter(...all)).toBe('spent');
  });

  test('as a whole where its kind has no serials', () => {
    const one = { persons: 1, classA: 0 };
    const suspension = [requested(suspendOrder(), one), approved('ana')] as const;
    given(orderDecider, ...suspension)
      .when(spend(null, 'card-1'))
      .then(spent(null, 'card-1'));
    given(orderDecider, ...suspension, spent(null, 'card-1'))
      .when(spend(null, 'card-1'))
      .nothing();
    given(orderDecider, ...suspension, spent(null, 'card-1'))
      .when(spend(null, 'card-2'))
      .refused('ORDER_SPENT');
    expect(stateAfter(...suspension, spent(null, 'card-1'))).toBe('spent');
  });

  test('even after its withdrawal or its end, because it was done', () => {
    given(orderDecider, ...byTwo, taken('ATM-1'), withdrawn)
      .when(spend('ATM-1'))
      .then(spent('ATM-1'));
    given(orderDecider, ...byTwo, taken('ATM-1'), expired)
      .when(spend('ATM-1'))
      .then(spent('ATM-1'));
  });

  test('never without its approvals', () => {
    given(orderDecider, requested(), approved('ana')).when(spend('ATM-1')).refused('ORDER_NOT_APPROVED');
  });
});

describe('an order is overdue', () => {
  test('where a serial was taken and nothing was reported in time', () => {
    given(orderDecider, ...byTwo, taken('ATM-1'))
      .when(overdue('ATM-1'))
      .then(isOverdue('ATM-1'));
    given(orderDecider, ...byTwo, taken('ATM-1'), isOverdue('ATM-1'))
      .when(overdue('ATM-1'))
      .nothing();
    given(orderDecider, ...byTwo, taken('ATM-1'))
      .when(overdue('ATM-1', 3000))
      .refused('NOT_OVERDUE');
    given(orderDecider, ...byTwo)
      .when(overdue('ATM-1'))
      .refused('NOT_OVERDUE');
    given(orderDecider, ...byTwo, taken('ATM-1'), spent('ATM-1'))
      .when(overdue('ATM-1'))
      .refused('NOT_OVERDUE');
  });

  test('and still spent by a late report', () => {
    given(orderDecider, ...byTwo, taken('ATM-1'), expired, isOverdue('ATM-1'))
      .when(spend('ATM-1'))
      .then(spent('ATM-1'));
  });
});

test('lifecycle of an order for one serial', () => {
  const single = personalizeOrder({ serials: ['ATM-1'] });
  const words = (state: OrderState): string => {
    if (state.is === 'unknown') return state.is;
    const persons = state.approvals.map((one) => `${one.person}(${one.class})`).join(' ');
    const serial = state.spent.length > 0 ? ', spent' : '';
    return `${state.is} by ${persons || 'nobody'}${state.taken.length > 0 ? ', taken' : ''}${serial}${state.overdue.length > 0 ? ', overdue' : ''}`;
  };
  lifecycle(orderDecider, {
    golden: new URL('./order.lifecycle.txt', import.meta.url),
    commands: {
      'request by ana': request(single),
      'request by ana, no approver': request(single, noApprover('ana')),
      'approve by ana': approve(finding('ana')),
      'approve by bo': approve(finding('bo')),
      'approve by bo, class B': approve(finding('bo', 'B')),
      'approve by eve, no approver': approve(noApprover('eve')),
      'approve too late': approve(finding('bo'), 2001),
      'decline by bo': decline(finding('bo')),
      'withdraw by ana': withdraw(noApprover('ana')),
      'withdraw by eve': withdraw(noApprover('eve')),
      'expire too early': { do: 'ExpireOrder', now: 2000 },
      expire: { do: 'ExpireOrder', now: 2001 },
      'take too early': take('ATM-1', 'unit-1', 999),
      take: take('ATM-1'),
      'take by another unit': take('ATM-1', 'unit-2'),
      'take another serial': take('ATM-9'),
      spend: spend('ATM-1'),
      'mark overdue too early': overdue('ATM-1', 3000),
      'mark overdue': overdue('ATM-1'),
    },
    variants: {
      'spend by another stream': spend('ATM-1', 'personalization-x'),
    },
    shows: words,
  });
});
