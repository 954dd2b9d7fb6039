/** Whether a person may decide an order, and why: out of the order's own words and the approver set that it names. */
import { type Policy, type ReadSet, quorumOf } from '../../checks/approver-set.ts';
import { type ReadOrder, listOf, secondsOf, textOf } from '../../checks/order.ts';
import { isKnownKind } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';

export interface Asked {
  readonly operator: string;
  readonly roles: readonly string[];
}

interface Waiting {
  readonly order: ReadOrder;
  readonly state: string;
  readonly approvers: readonly { readonly person: string; readonly class: string }[];
  /** The set that the order names; null where this browser could not follow the sets to it. */
  readonly set: ReadSet | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Standing {
  readonly mayApprove: boolean;
  readonly mayWithdraw: boolean;
  readonly why: string;
}

export function standingOf(person: Asked, it: Waiting): Standing {
  const { order, set } = it;
  const isApprover = isOneOf(set, person.operator) && person.roles.includes('approver');
  const isRequester = textOf(order, 'requester') === person.operator;
  const isOpen = it.state === 'requested' || it.state === 'approved';
  const no = whyNot(person, it);
  const why = no ?? words.inbox.mayBecause(set?.version ?? 0, isRequester);
  return { mayApprove: no === null, mayWithdraw: isOpen && (isRequester || isApprover), why };
}

function isOneOf(set: ReadSet | null, operator: string): boolean {
  return set?.persons.some(({ id, roles }) => id === operator && roles.includes('approver')) === true;
}

/** The first thing that keeps him from approving; null where nothing does. */
function whyNot({ operator, roles }: Asked, { order, state, approvers, set, now }: Waiting): string | null {
  const text = words.inbox.whyNot;
  if (state !== 'requested') return text.decided(state);
  if (now > secondsOf(order, 'notAfter') * 1000) return text.expired;
  if (!isKnownKind(order.kind)) return text.unknownKind;
  if (!roles.includes('approver')) return textOf(order, 'requester') === operator ? text.own : text.role;
  if (set === null) return text.noSet;
  if (!isOneOf(set, operator)) return text.notInSet(set.version);
  if (approvers.some(({ person }) => person === operator)) return text.already;
  return order.kind === 'issue-card' && listOf(order, 'custodians').includes(operator) ? text.custodian : null;
}

export interface Owed {
  readonly persons: number;
  readonly classA: number;
}

export function owedOf(
  rule: Pick<Policy, 'persons' | 'classA'>,
  approvers: readonly { readonly class: string }[],
): Owed {
  const withA = approvers.filter((one) => one.class === 'A').length;
  return { persons: Math.max(0, rule.persons - approvers.length), classA: Math.max(0, rule.classA - withA) };
}

/** One square for each person still owed: first those who must come with class A. */
export function owedClasses({ persons, classA }: Owed): readonly ('A' | 'B')[] {
  const all = Math.max(persons, classA);
  return Array.from({ length: all }, (_, at) => (at < classA ? 'A' : 'B'));
}

export function ruleOf(set: ReadSet | null, order: ReadOrder): Policy | null {
  if (set === null) return null;
  return quorumOf(set, { kind: order.kind, site: textOf(order, 'site'), moduleClass: textOf(order, 'moduleClass') });
}
