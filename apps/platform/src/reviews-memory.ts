/** What the board keeps of reviews that officers owe: of suspensions until the key's fate is decided, of alarms until one looked. */
import { type Alarm, type Divergence, divergenceKey, isAlarm } from '#libs/domain/chip-card/card-log.ts';
import { parseApproverSet, reviewWithinOf } from '#libs/kernel/approver-set.ts';
import { type Seconds, secondsOf } from '#libs/kernel/clock.ts';
import { DEFAULT_REVIEW_WITHIN } from '#libs/kernel/ceiling.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';

/** `order` suspended the key, or `alarm` stands in the card's log. */
export interface OwedReview {
  /** The suspending order, or the alarm in one word. */
  readonly of: string;
  readonly alarm: Alarm | null;
  /** When it began, and the event that says so. */
  readonly since: Seconds;
  readonly position: Position;
  /** Until when, by the policy in force when it began. */
  readonly due: Seconds;
  /** The record says that nobody looked in time. */
  readonly isOverdue: boolean;
}

const ENDS_SUSPENSION = ['SuspensionReviewed', 'SigningKeyDeactivated', 'SigningKeyCompromised', 'CardRetired'];

/** The reviews owed of a card after one more event of it; `setBytes` is the approver set in force. */
export function owedAfter(
  owed: readonly OwedReview[],
  { type, data, recordedAt, position }: StoredEvent,
  setBytes: () => Uint8Array,
): readonly OwedReview[] {
  const since = secondsOf(recordedAt);
  const begun = () => ({ since, position, due: since + limitOf(setBytes()), isOverdue: false });
  if (type === 'SigningKeySuspended')
    return [...owed, { of: (data as { order: string }).order, alarm: null, ...begun() }];
  if (ENDS_SUSPENSION.includes(type)) return owed.filter(({ alarm }) => alarm !== null);
  if (type === 'SuspensionOverdue') return overdue(owed, (data as { order: string }).order);
  if (!type.startsWith('CardLogDiverged') && !type.startsWith('Divergence')) return owed;
  const { kind, number, head } = data as Divergence;
  const of = divergenceKey({ kind, number, head });
  if (type === 'DivergenceReviewed') return owed.filter((one) => one.of !== of);
  if (type === 'DivergenceOverdue') return overdue(owed, of);
  return isAlarm({ kind }) ? [...owed, { of, alarm: { kind, number, head }, ...begun() }] : owed;
}

function overdue(owed: readonly OwedReview[], of: string): readonly OwedReview[] {
  return owed.map((one) => (one.of === of ? { ...one, isOverdue: true } : one));
}

function limitOf(setBytes: Uint8Array): Seconds {
  const set = parseApproverSet(setBytes);
  return isRefusal(set) ? DEFAULT_REVIEW_WITHIN : reviewWithinOf(set);
}
