/** What one officer may take away alone, and how soon somebody must have looked at it: part of an approver set's policy. */
import type { Seconds } from './clock.ts';
import { type Read, closed, integer } from './template.ts';

/** Modules that one disabling may shut out, and signing keys disabled within 24 hours, without a second officer. */
export const ceiling = closed({ modules: integer(0, 1_000_000), cardsPerDay: integer(0, 1000) });
export type Ceiling = Read<typeof ceiling>;

/** Of a set that names none: a branch's worth of machines, once a day. */
export const DEFAULT_CEILING: Ceiling = { modules: 16, cardsPerDay: 1 };

/** Seconds from a suspension or an alarm until nobody's review of it is an alarm itself: a minute to a month. */
export const reviewWithin = integer(60, 2_678_400);
export const DEFAULT_REVIEW_WITHIN: Seconds = 259_200;

const DAY: Seconds = 86_400;

/** Whether a key may be disabled by one officer now, by when others were so disabled before. */
export function hasRoom(it: Ceiling, disabledAlone: readonly Seconds[], now: Seconds): boolean {
  return disabledAlone.filter((at) => now - at < DAY).length < it.cardsPerDay;
}
