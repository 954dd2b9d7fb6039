/** Which orders wait for a person: as approver, for his signature; as requester, those he asked for and that lack others'. */
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Facts, OrderFacts } from './board-facts.ts';
import type { Caller } from './caller.ts';

/** Most that one message names; how many there are is told besides. */
export const NAMED_MAX = 100;

export interface Waiting {
  /** Newest first. */
  readonly orders: readonly string[];
  readonly count: number;
}

export function waitingFor(facts: Facts, caller: Pick<Caller, 'id' | 'roles'>, now: Seconds): Waiting {
  const waiting = [...facts.orders.values()].filter((one) => isWaiting(one, now) && concerns(one, caller)).reverse();
  return { orders: waiting.slice(0, NAMED_MAX).map(({ id }) => id), count: waiting.length };
}

export function isWaiting({ state }: OrderFacts, now: Seconds): boolean {
  return state.is === 'requested' && state.order.notAfter >= now;
}

/** The custodians of a card may not approve its issue: it does not wait for them. */
function concerns({ state: { order, approvals } }: OrderFacts, { id, roles }: Pick<Caller, 'id' | 'roles'>): boolean {
  if (roles.includes('requester') && order.requester === id) return true;
  const isBarred = order.kind === 'issue-card' && order.custodians.includes(id);
  return roles.includes('approver') && !isBarred && !approvals.some(({ person }) => person === id);
}
