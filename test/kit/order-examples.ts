/** Commands and events of an order for law tests: ana requests, bo approves, unit-1 takes. */
import type { Order } from '#libs/kernel/order.ts';
import { isSerialTree } from '#libs/kernel/serials.ts';
import type {
  ApproveOrder,
  DeclineOrder,
  Finding,
  KeyClass,
  MarkOverdue,
  OrderApproved,
  OrderEvent,
  RequestOrder,
  Rule,
  SpendOrder,
  TakeOrder,
  WithdrawOrder,
} from '#libs/domain/order/order.ts';
import { orderText, personalizeOrder, proofOf } from './orders.ts';

export const order = personalizeOrder();
export const twoOfClassA: Rule = { persons: 2, classA: 2 };

export const finding = (person: string, keyClass: KeyClass = 'A', kid = `${person}-key`): Finding => ({
  person,
  kid,
  class: keyClass,
  approver: true,
});
export const noApprover = (person: string): Finding => ({ ...finding(person), approver: false });

const listed = (it: Order): readonly string[] =>
  it.kind === 'personalize' && !isSerialTree(it.serials) ? it.serials : [];

export const request = (it: Order = order, by: Finding = finding('ana'), rule: Rule = twoOfClassA): RequestOrder => ({
  do: 'RequestOrder',
  order: it,
  bytes: orderText(it),
  serials: listed(it),
  requesterFinding: by,
  rule,
  proof: proofOf(by.person),
  now: 900,
});
const signed = (by: Finding) => ({ finding: by, proof: proofOf(by.person) });
export const approve = (by: Finding, now = 900): ApproveOrder => ({ do: 'ApproveOrder', ...signed(by), now });
export const decline = (by: Finding): DeclineOrder => ({ do: 'DeclineOrder', ...signed(by) });
export const withdraw = (by: Finding): WithdrawOrder => ({ do: 'WithdrawOrder', ...signed(by) });
export const take = (serial: string, unit = 'unit-1', now = 1500): TakeOrder => ({
  do: 'TakeOrder',
  unit,
  serial,
  now,
});
export const spend = (serial: string | null, by = `personalization-${serial}`): SpendOrder => ({
  do: 'SpendOrder',
  serial,
  by,
});
export const overdue = (serial: string, now = 3001): MarkOverdue => ({ do: 'MarkOverdue', serial, now });

export const requested = (
  it: Order = order,
  rule: Rule = twoOfClassA,
  serials: readonly string[] = listed(it),
): OrderEvent => ({
  type: 'OrderRequested',
  data: {
    bytes: orderText(it),
    requester: 'ana',
    approval: proofOf('ana'),
    ...rule,
    serials,
  },
});
export const approved = (person: string, keyClass: KeyClass = 'A', kid = `${person}-key`): OrderApproved => ({
  type: 'OrderApproved',
  data: { person, kid, class: keyClass, proof: proofOf(person), at: 900 },
});
export const declined: OrderEvent = { type: 'OrderDeclined', data: { person: 'bo', proof: proofOf('bo') } };
export const withdrawn: OrderEvent = { type: 'OrderWithdrawn', data: { person: 'ana', proof: proofOf('ana') } };
export const expired: OrderEvent = { type: 'OrderExpired', data: { at: 2001 } };
export const taken = (serial: string, unit = 'unit-1'): OrderEvent => ({ type: 'OrderTaken', data: { unit, serial } });
export const spent = (serial: string | null, by = `personalization-${serial}`): OrderEvent => ({
  type: 'OrderSpent',
  data: { serial, by },
});
export const isOverdue = (serial: string): OrderEvent => ({ type: 'OrderOverdue', data: { serial } });

export const byTwo = [requested(), approved('ana'), approved('bo')] as const;
