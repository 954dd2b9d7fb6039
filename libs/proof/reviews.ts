/** Reviews: that an officer looked at an alarm he signs; that nobody did in time follows from two times and the policy of the day. */
import { type Alarm, type Review, divergenceKey } from '#libs/domain/chip-card/card-log.ts';
import { reviewWithinOf } from '#libs/kernel/approver-set.ts';
import { type Seconds, secondsOf } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { done } from './acts.ts';
import { setOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { approvedOrder } from './orders.ts';

const NOT_DUE = refuse('REVIEW_NOT_DUE', 'The limit of the policy for this review had not run out.');

/** Until when a review is owed of what this event says, by the policy in force when it was recorded. */
export function dueAfter(known: Known, { recordedAt }: StoredEvent): Seconds {
  return secondsOf(recordedAt) + reviewWithinOf(setOf(known).set);
}

export function alarmOf(stream: string, alarm: Alarm): string {
  return `alarm ${stream} ${divergenceKey(alarm)}`;
}

/** SuspensionOverdue. */
export function suspensionOverdue(known: Known, { data, recordedAt }: StoredEvent): Refusal | null {
  return afterIts(known, `suspension ${(data as { order: string }).order}`, recordedAt);
}

/** DivergenceOverdue. */
export function divergenceOverdue(known: Known, { stream, data, recordedAt }: StoredEvent): Refusal | null {
  return afterIts(known, alarmOf(stream, data as Alarm), recordedAt);
}

function afterIts({ due }: Known, what: string, recordedAt: string): Refusal | null {
  return secondsOf(recordedAt) > (due.get(what) ?? Infinity) ? null : NOT_DUE;
}

/** DivergenceReviewed: as an officer signed it, alarm and finding. */
export function divergenceReviewed(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Review;
  const order = approvedOrder(known, said.order, 'review-divergence');
  if (isRefusal(order)) return order;
  const asOrdered =
    order.card === nameIn(event.stream, 'card-') &&
    order.divergence === said.kind &&
    order.number === said.number &&
    order.head === said.head &&
    order.reason === said.reason;
  return done(known, event, { order: said.order, asOrdered });
}
