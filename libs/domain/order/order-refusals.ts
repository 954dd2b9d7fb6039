/** Every "no" an order can give, in one place: why, and what would help. */
import { type Seconds, rfc3339Of } from '#libs/kernel/clock.ts';
import type { Order } from '#libs/kernel/order.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';

export const ORDER_UNKNOWN = refuse('ORDER_UNKNOWN', 'There is no such order; check its id or request it.');
export const ORDER_BYTES = refuse('ORDER_BYTES', 'The bytes are not those of the order; send both from one source.');
export const ORDER_KNOWN = refuse('ORDER_KNOWN', 'Another order stands under this id; look for who wrote it.');
export const NOT_THE_REQUESTER = refuse(
  'NOT_THE_REQUESTER',
  'The order names another requester than the one who signed it.',
);
export const NOT_AN_APPROVER = refuse(
  'NOT_AN_APPROVER',
  'Only an approver of the set in force may do this; ask one of them.',
);
export const NOT_OPEN = refuse(
  'ORDER_NOT_OPEN',
  'The order is past the state in which this can be done; request a new one.',
);
export const NOT_EXPIRED = refuse('NOT_EXPIRED', 'The order may still be used; wait for its end or withdraw it.');
export const NOT_OVERDUE = refuse(
  'NOT_OVERDUE',
  'Nothing is owed: the serial was not taken, was spent, or may still be reported.',
);
export const SERIAL_NOT_IN_ORDER = refuse(
  'SERIAL_NOT_IN_ORDER',
  'The order does not name this serial; request one that does.',
);
export const SERIAL_SPENT = refuse('SERIAL_SPENT', 'The order was already used for this serial; request a new order.');
export const SERIAL_TAKEN = refuse(
  'SERIAL_TAKEN',
  'Another unit has taken this serial; it must be finished or withdrawn there.',
);
export const ORDER_SPENT = refuse('ORDER_SPENT', 'The order was already used; request a new one.');
export const WRONG_UNIT = refuse('WRONG_UNIT', 'The order names another personalization unit; take it with that one.');
export const CUSTODIAN_APPROVES = refuse(
  'CUSTODIAN_APPROVES',
  'A custodian of the card may not approve the order that issues it; ask another approver.',
);

export function quorumTooSmall(personsMin: number): Refusal {
  return refuse(
    'QUORUM_TOO_SMALL',
    `This kind of order needs ${personsMin} persons at least; mend the approver set's rule.`,
  );
}

/** A request by one who may not approve stands as a request alone. */
export function mayNotApprove(
  finding: { readonly person: string; readonly approver: boolean },
  order: Order,
): Refusal | null {
  if (!finding.approver) return NOT_AN_APPROVER;
  return order.kind === 'issue-card' && order.custodians.includes(finding.person) ? CUSTODIAN_APPROVES : null;
}

interface Quorum {
  readonly rule: { readonly persons: number; readonly classA: number };
  /** Each person once. */
  readonly approvals: readonly { readonly class: 'A' | 'B' }[];
}

/** Persons are counted, never keys: how many the order is still owed, or null when it is approved. */
export function owedApprovals({ rule, approvals }: Quorum): Refusal | null {
  const persons = Math.max(0, rule.persons - approvals.length);
  const classA = Math.max(0, rule.classA - approvals.filter((one) => one.class === 'A').length);
  if (persons === 0 && classA === 0) return null;
  const owed = `${persons} more persons, and ${classA} more with a class A key`;
  return refuse('ORDER_NOT_APPROVED', `The order is not approved: it needs ${owed}; ask them to approve it.`);
}

/** Not to be used before, or no more after; null inside its window. */
export function outsideWindow(order: Order, now: Seconds): Refusal | null {
  if (now > order.notAfter) return expired(order);
  return now < order.notBefore
    ? refuse('ORDER_TOO_EARLY', `The order may be used from ${rfc3339Of(order.notBefore)}; wait until then.`)
    : null;
}

export function expired(order: Order): Refusal {
  return refuse('ORDER_EXPIRED', `The order could be used until ${rfc3339Of(order.notAfter)}; request a new one.`);
}

/** Why an order that came to its end refuses everything new; null while it is requested or approved. */
export function ended(
  is: 'requested' | 'approved' | 'declined' | 'withdrawn' | 'expired' | 'spent',
  order: Order,
): Refusal | null {
  switch (is) {
    case 'requested':
    case 'approved':
      return null;
    case 'declined':
      return refuse('ORDER_DECLINED', 'An approver declined this order; request a new one.');
    case 'withdrawn':
      return refuse('ORDER_WITHDRAWN', 'The order was withdrawn; request a new one.');
    case 'expired':
      return expired(order);
    case 'spent':
      return NOT_OPEN;
    default:
      return never(is);
  }
}
