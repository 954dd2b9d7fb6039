/** What waits for a person, and why he may or may not approve it: by the same laws that will judge his signature. */
import { judgeOrder } from '#libs/approval/approval.ts';
import { mayNotApprove } from '#libs/domain/order/order-refusals.ts';
import { parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { type Seconds, rfc3339Of } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts, OrderFacts } from './board-facts.ts';
import type { Caller } from './caller.ts';
import { waitingFor } from './waiting.ts';
import { held } from './witness/order.ts';

export interface InboxEntry {
  readonly id: string;
  readonly may: boolean;
  readonly code: string;
  readonly sentence: string;
  readonly mine: boolean;
  readonly owedPersons: number;
  readonly owedClassA: number;
  readonly keyClasses: readonly string[];
  readonly notAfter: string;
}

const APPROVED = refuse('APPROVED_ALREADY', 'You have approved it; it waits for others.');
const CLASS_A = refuse(
  'CLASS_A_OWED',
  'Only class A keys are still owed, and you have none: sign on a machine of your own.',
);
const MAY = refuse('MAY_APPROVE', 'It waits for your signature: read what it says first.');

/** Newest first. */
export function inboxOf(facts: Facts, caller: Pick<Caller, 'id' | 'roles'>, now: Seconds): readonly InboxEntry[] {
  const { orders } = waitingFor(facts, caller, now);
  const person = personIn(facts, caller.id);
  return orders.flatMap((id) => {
    const order = facts.orders.get(id);
    return order === undefined ? [] : [entryOf(facts, order, { id: caller.id, ...person })];
  });
}

interface Person {
  readonly approver: boolean;
  readonly keyClasses: readonly ('A' | 'B')[];
}

function personIn(facts: Facts, id: string): Person {
  const set = parseApproverSet(held(facts).setBytes);
  const person = isRefusal(set) ? undefined : set.persons.find((one) => one.id === id);
  return {
    approver: person?.roles.includes('approver') ?? false,
    keyClasses: [...new Set(person?.keys.map((key) => key.class) ?? [])].sort(),
  };
}

function entryOf(facts: Facts, { id, bytes, state }: OrderFacts, by: Person & { readonly id: string }): InboxEntry {
  const { approvals, rule, order } = state;
  const owedPersons = Math.max(0, rule.persons - approvals.length);
  const owedClassA = Math.max(0, rule.classA - approvals.filter((one) => one.class === 'A').length);
  const said = whyNot(facts, { bytes, state }, { ...by, owedPersons }) ?? MAY;
  return {
    id,
    may: said === MAY,
    code: said.code,
    sentence: said.message,
    mine: order.requester === by.id,
    owedPersons,
    owedClassA,
    keyClasses: by.keyClasses,
    notAfter: rfc3339Of(order.notAfter),
  };
}

function whyNot(
  facts: Facts,
  { bytes, state }: Pick<OrderFacts, 'bytes' | 'state'>,
  by: Person & { readonly id: string; readonly owedPersons: number },
): Refusal | null {
  const it = judgeOrder(ascii(bytes), held(facts));
  if (isRefusal(it)) return it;
  const refusal = mayNotApprove({ person: by.id, approver: by.approver }, state.order);
  if (refusal !== null) return refusal;
  const before = state.approvals.find(({ person }) => person === by.id);
  const adds = before === undefined || (before.class === 'B' && by.keyClasses.includes('A'));
  if (!adds) return APPROVED;
  return by.owedPersons === 0 && !by.keyClasses.includes('A') ? CLASS_A : null;
}
