/** An order: requested, approved by persons (never by keys), taken by a unit serial by serial, and spent once each (S31b). */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { ORDER_KINDS, type Order } from '#libs/kernel/order.ts';
import { type Refusal, never } from '#libs/kernel/refusal.ts';
import * as no from './order-refusals.ts';

export type KeyClass = 'A' | 'B';

/** How many persons must approve, and how many of them on their own machine. */
export interface Rule {
  readonly persons: number;
  readonly classA: number;
}

interface Requested extends Rule {
  /** The order, canonical text. */
  readonly bytes: string;
  readonly requester: string;
  readonly approval: Proof;
  /** The whole list, which the order may hold by its root; empty for kinds without serials. */
  readonly serials: readonly string[];
}

interface Approval {
  readonly person: string;
  readonly kid: string;
  readonly class: KeyClass;
  readonly proof: Proof;
  readonly at: Seconds;
}

export type OrderRequested = Fact<'OrderRequested', Requested>;
export type OrderApproved = Fact<'OrderApproved', Approval>;
export type OrderDeclined = Fact<'OrderDeclined', { readonly person: string; readonly proof: Proof }>;
export type OrderWithdrawn = Fact<'OrderWithdrawn', { readonly person: string; readonly proof: Proof }>;
export type OrderExpired = Fact<'OrderExpired', { readonly at: Seconds }>;
export type OrderTaken = Fact<'OrderTaken', { readonly unit: string; readonly serial: string }>;
/** `by` is the stream of what was done with it. */
export type OrderSpent = Fact<'OrderSpent', { readonly serial: string | null; readonly by: string }>;
export type OrderOverdue = Fact<'OrderOverdue', { readonly serial: string }>;
type OrderUsed = OrderTaken | OrderSpent | OrderOverdue;
export type OrderEvent = OrderRequested | OrderApproved | OrderDeclined | OrderWithdrawn | OrderExpired | OrderUsed;

/** Whose signature the witness found, by which key, and whether that person is an approver. */
export interface Finding {
  readonly person: string;
  readonly kid: string;
  readonly class: KeyClass;
  readonly approver: boolean;
}

interface Signed {
  readonly finding: Finding;
  readonly proof: Proof;
}

export interface RequestOrder {
  readonly do: 'RequestOrder';
  readonly order: Order;
  readonly bytes: string;
  readonly serials: readonly string[];
  readonly requesterFinding: Finding;
  readonly rule: Rule;
  readonly proof: Proof;
  readonly now: Seconds;
}
export type ApproveOrder = Signed & { readonly do: 'ApproveOrder'; readonly now: Seconds };
export type DeclineOrder = Signed & { readonly do: 'DeclineOrder' };
/** By the requester or any approver. It stops further taking; what was done under the order still spends it. */
export type WithdrawOrder = Signed & { readonly do: 'WithdrawOrder' };
export type ExpireOrder = { readonly do: 'ExpireOrder'; readonly now: Seconds };
export type TakeOrder = {
  readonly do: 'TakeOrder';
  readonly unit: string;
  readonly serial: string;
  readonly now: Seconds;
};
export type SpendOrder = { readonly do: 'SpendOrder'; readonly serial: string | null; readonly by: string };
export type MarkOverdue = { readonly do: 'MarkOverdue'; readonly serial: string; readonly now: Seconds };
type UseOrder = TakeOrder | SpendOrder | MarkOverdue;
export type OrderCommand = RequestOrder | ApproveOrder | DeclineOrder | WithdrawOrder | ExpireOrder | UseOrder;

export interface KnownOrder {
  readonly is: 'requested' | 'approved' | 'declined' | 'withdrawn' | 'expired' | 'spent';
  readonly order: Order;
  readonly rule: Rule;
  readonly serials: readonly string[];
  /** Each person once, under the best class of his keys. */
  readonly approvals: readonly { readonly person: string; readonly class: KeyClass }[];
  readonly taken: readonly { readonly unit: string; readonly serial: string }[];
  readonly spent: readonly { readonly serial: string | null; readonly by: string }[];
  readonly overdue: readonly string[];
}
export type OrderState = { readonly is: 'unknown' } | KnownOrder;

export const orderStream = (order: string): string => `order-${order}`;

export const orderDecider: Decider<OrderState, OrderCommand, OrderEvent> = {
  initial: { is: 'unknown' },
  decide: (command, state) => {
    if (command.do === 'RequestOrder') return state.is === 'unknown' ? request(command) : requestAgain(command, state);
    if (state.is === 'unknown') return no.ORDER_UNKNOWN;
    switch (command.do) {
      case 'ApproveOrder':
        return approve(command, state);
      case 'DeclineOrder':
        return decline(command, state);
      case 'WithdrawOrder':
        return withdraw(command, state);
      case 'ExpireOrder':
        if (state.is === 'expired') return [];
        if (command.now <= state.order.notAfter) return no.NOT_EXPIRED;
        return no.ended(state.is, state.order) ?? [{ type: 'OrderExpired', data: { at: command.now } }];
      case 'TakeOrder':
        return take(command, state);
      case 'SpendOrder':
        return spend(command, state);
      case 'MarkOverdue':
        return markOverdue(command, state);
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    if (event.type === 'OrderRequested') return requested(event.data);
    if (state.is === 'unknown') return state;
    switch (event.type) {
      case 'OrderApproved':
        return approved(event.data, state);
      case 'OrderDeclined':
        return { ...state, is: 'declined' };
      case 'OrderWithdrawn':
        return { ...state, is: 'withdrawn' };
      case 'OrderExpired':
        return { ...state, is: 'expired' };
      case 'OrderTaken':
        return { ...state, taken: [...state.taken, event.data] };
      case 'OrderSpent': {
        const spent = [...state.spent, event.data];
        const all = spent.length >= Math.max(1, state.serials.length);
        return { ...state, spent, is: all && state.is === 'approved' ? 'spent' : state.is };
      }
      case 'OrderOverdue':
        return { ...state, overdue: [...state.overdue, event.data.serial] };
      default:
        return never(event);
    }
  },
};

type Decision = readonly OrderEvent[] | Refusal;

/** The requester's signature is also an approval when he is an approver: he signed the same bytes. */
function request(command: RequestOrder): Decision {
  const { order, bytes, serials, requesterFinding: finding, rule, proof, now } = command;
  const { personsMin } = ORDER_KINDS[order.kind];
  if (canonicalJson(order) !== bytes) return no.ORDER_BYTES;
  if (finding.person !== order.requester) return no.NOT_THE_REQUESTER;
  if (rule.persons < personsMin) return no.quorumTooSmall(personsMin);
  if (now > order.notAfter) return no.expired(order);
  const { persons, classA } = rule;
  const data = { bytes, requester: finding.person, approval: proof, persons, classA, serials };
  const approval = no.mayNotApprove(finding, order) !== null ? [] : [approvalBy({ finding, proof }, now)];
  return [{ type: 'OrderRequested', data }, ...approval];
}

function requestAgain(command: RequestOrder, state: KnownOrder): Decision {
  return canonicalJson(state.order) === command.bytes ? [] : no.ORDER_KNOWN;
}

/** A person stands once. Only a class A key after a class B key of his adds anything, and no second pair of eyes. */
function approve(command: ApproveOrder, state: KnownOrder): Decision {
  const { finding, now } = command;
  const before = state.approvals.find((one) => one.person === finding.person);
  if (before !== undefined && (before.class === 'A' || finding.class === 'B')) return [];
  const refusal = no.mayNotApprove(finding, state.order) ?? no.ended(state.is, state.order);
  if (refusal !== null) return refusal;
  return now > state.order.notAfter ? no.expired(state.order) : [approvalBy(command, now)];
}

function decline({ finding, proof }: DeclineOrder, state: KnownOrder): Decision {
  if (state.is === 'declined') return [];
  if (!finding.approver) return no.NOT_AN_APPROVER;
  if (state.is !== 'requested') return no.ended(state.is, state.order) ?? no.NOT_OPEN;
  return [{ type: 'OrderDeclined', data: { person: finding.person, proof } }];
}

function withdraw({ finding, proof }: WithdrawOrder, state: KnownOrder): Decision {
  if (state.is === 'withdrawn') return [];
  if (!finding.approver && finding.person !== state.order.requester) return no.NOT_AN_APPROVER;
  return no.ended(state.is, state.order) ?? [{ type: 'OrderWithdrawn', data: { person: finding.person, proof } }];
}

function take({ unit, serial, now }: TakeOrder, state: KnownOrder): Decision {
  const { order } = state;
  if (!state.serials.includes(serial)) return no.SERIAL_NOT_IN_ORDER;
  if (state.spent.some((one) => one.serial === serial)) return no.SERIAL_SPENT;
  const refusal = no.ended(state.is, order) ?? no.owedApprovals(state) ?? no.outsideWindow(order, now);
  if (refusal !== null) return refusal;
  const taken = state.taken.find((one) => one.serial === serial);
  if (taken !== undefined) return taken.unit === unit ? [] : no.SERIAL_TAKEN;
  return order.kind === 'personalize' && order.unit !== unit
    ? no.WRONG_UNIT
    : [{ type: 'OrderTaken', data: { unit, serial } }];
}

/** What was done was done: it spends a withdrawn, expired or never taken order too, so that it never counts as unused. */
function spend({ serial, by }: SpendOrder, state: KnownOrder): Decision {
  if (serial === null ? state.serials.length > 0 : !state.serials.includes(serial)) return no.SERIAL_NOT_IN_ORDER;
  const before = state.spent.find((one) => one.serial === serial);
  if (before !== undefined && before.by === by) return [];
  if (before !== undefined) return serial === null ? no.ORDER_SPENT : no.SERIAL_SPENT;
  return no.owedApprovals(state) ?? [{ type: 'OrderSpent', data: { serial, by } }];
}

function markOverdue({ serial, now }: MarkOverdue, state: KnownOrder): Decision {
  if (state.overdue.includes(serial)) return [];
  const isOwed = state.taken.some((one) => one.serial === serial) && !state.spent.some((one) => one.serial === serial);
  return isOwed && now > state.order.reportBy ? [{ type: 'OrderOverdue', data: { serial } }] : no.NOT_OVERDUE;
}

function approvalBy({ finding, proof }: Signed, at: Seconds): OrderApproved {
  const { person, kid, class: keyClass } = finding;
  return { type: 'OrderApproved', data: { person, kid, class: keyClass, proof, at } };
}

function requested(data: Requested): KnownOrder {
  const order = JSON.parse(data.bytes) as Order; // parsed strictly before it was recorded
  const { persons, classA, serials } = data;
  return {
    is: 'requested',
    order,
    rule: { persons, classA },
    serials,
    approvals: [],
    taken: [],
    spent: [],
    overdue: [],
  };
}

function approved({ person, class: keyClass }: Approval, state: KnownOrder): KnownOrder {
  const others = state.approvals.filter((one) => one.person !== person);
  const approvals = [...others, { person, class: keyClass }].sort((a, b) => (a.person < b.person ? -1 : 1));
  const next = { ...state, approvals };
  return state.is === 'requested' && no.owedApprovals(next) === null ? { ...next, is: 'approved' } : next;
}
