/**
 * An order's events turned back into commands. Times of our own clock are not judged: a platform's word proves nothing,
 * and the time that counts is the card's, in its log entry.
 */
import {
  type Finding,
  type OrderCommand,
  type OrderEvent,
  type OrderState,
  orderDecider,
} from '#libs/domain/order/order.ts';
import { keyNamed } from '#libs/approval/approval.ts';
import { holderOf } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Proof, StatementType } from '#libs/kernel/detached-jws.ts';
import { parseOrder } from '#libs/kernel/order.ts';
import { isRefusal, never } from '#libs/kernel/refusal.ts';
import type { Known } from './known.ts';
import { lifeOf } from './stream-life.ts';

export const orderLife = lifeOf(orderDecider, commandOf);

function commandOf(
  event: OrderEvent,
  { state, known }: { readonly state: OrderState; readonly known: Known },
): OrderCommand | null {
  const under = state.is === 'unknown' ? '' : state.order.approverSet;
  switch (event.type) {
    case 'OrderRequested':
      return requestOf(event.data);
    case 'OrderApproved': {
      const { person, kid, class: keyClass, proof, at } = event.data;
      return { do: 'ApproveOrder', finding: { person, kid, class: keyClass, approver: true }, proof, now: at };
    }
    case 'OrderDeclined':
      return { do: 'DeclineOrder', ...signedBy({ known, under }, event.data, 'keyledger-decline+jws') };
    case 'OrderWithdrawn':
      return { do: 'WithdrawOrder', ...signedBy({ known, under }, event.data, 'keyledger-withdrawal+jws') };
    case 'OrderExpired':
      return { do: 'ExpireOrder', now: event.data.at };
    case 'OrderTaken':
      return { do: 'TakeOrder', ...event.data, now: state.is === 'unknown' ? 0 : state.order.notBefore };
    case 'OrderSpent':
      return { do: 'SpendOrder', ...event.data };
    case 'OrderOverdue':
      return {
        do: 'MarkOverdue',
        serial: event.data.serial,
        now: state.is === 'unknown' ? 0 : state.order.reportBy + 1,
      };
    default:
      return never(event);
  }
}

/** Null where the bytes are no order: then nothing of it holds, which `orders.ts` names. */
function requestOf(data: Extract<OrderEvent, { type: 'OrderRequested' }>['data']): OrderCommand | null {
  const order = parseOrder(ascii(data.bytes));
  if (isRefusal(order)) return null;
  const { bytes, requester: person, approval: proof, persons, classA, serials } = data;
  const requesterFinding: Finding = { person, kid: '', class: 'A', approver: false }; // his approval is an event of its own
  const rule = { persons, classA };
  return { do: 'RequestOrder', order, bytes, serials, requesterFinding, rule, proof, now: order.notBefore };
}

/** The person's roles are what the set says of the key that signed. */
function signedBy(
  { known, under }: { readonly known: Known; readonly under: string },
  { person, proof }: { person: string; proof: Proof },
  type: StatementType,
) {
  const kid = keyNamed(type, proof) ?? '';
  const set = known.sets.get(under)?.set;
  const holder = set === undefined ? null : holderOf(set, kid);
  const finding: Finding = {
    person,
    kid,
    class: holder?.key.class ?? 'B',
    approver: holder?.person.roles.includes('approver') ?? false,
  };
  return { finding, proof };
}
