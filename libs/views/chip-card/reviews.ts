/** Reviews of a card: what officers looked at, what they still owe, and what is overdue. Cells of the view of chip cards. */
import { type Alarm, type Divergence, type Review, divergenceKey } from '#libs/domain/chip-card/card-log.ts';
import type { ChipCardEvent } from '#libs/domain/chip-card/chip-card.ts';

/** A disagreement, and what became of it. */
export interface DivergenceCell extends Divergence {
  readonly healed: boolean;
  readonly overdue: boolean;
  readonly review: { readonly reason: string; readonly order: string } | null;
}

export interface SuspensionCell {
  readonly order: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly since: string;
  readonly overdue: boolean;
}

const ENDS: readonly string[] = ['SuspensionReviewed', 'SigningKeyDeactivated', 'SigningKeyCompromised', 'CardRetired'];

/** Null as soon as it is decided what becomes of the key. */
export function suspensionAfter(cell: string | null, fact: ChipCardEvent, at: string): string | null {
  if (fact.type === 'SigningKeySuspended') {
    const { order, reason } = fact.data;
    return JSON.stringify({ order, reason, since: at, overdue: false } satisfies SuspensionCell);
  }
  if (ENDS.includes(fact.type)) return null;
  if (fact.type !== 'SuspensionOverdue' || cell === null) return cell;
  return JSON.stringify({ ...(JSON.parse(cell) as SuspensionCell), overdue: true });
}

export function reviewed(cell: string, { reason, order, ...alarm }: Review): string {
  return changed(cell, alarm, { review: { reason, order } });
}

export function wentOverdue(cell: string, alarm: Alarm): string {
  return changed(cell, alarm, { overdue: true });
}

function changed(cell: string, alarm: Alarm, change: Partial<DivergenceCell>): string {
  const all = JSON.parse(cell) as readonly DivergenceCell[]; // written here alone
  const key = divergenceKey(alarm);
  return JSON.stringify(all.map((one) => (divergenceKey(one) === key ? { ...one, ...change } : one)));
}

export function isAnyOverdue(suspension: string | null, divergences: string): boolean {
  const late = (JSON.parse(divergences) as readonly DivergenceCell[]).some((one) => one.overdue && one.review === null);
  return late || (suspension !== null && (JSON.parse(suspension) as SuspensionCell).overdue);
}
