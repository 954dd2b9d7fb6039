/** Times of recording: the platform's clock, held so that it never goes back behind what the log already says. */
import { type Clock, secondsOf } from '#libs/kernel/clock.ts';
import type { EventStore } from './event-store.ts';

export interface RecordedTimes {
  /** RFC 3339 in UTC; never before an earlier answer. Take it in the same turn as the append it is for. */
  readonly next: () => string;
}

/** A clock may be set right by this much between two runs, seconds; set back further it is not believed at all. */
const SET_RIGHT_MAX = 300;

/** Why the clock cannot be right: it stands clearly before the last thing that the log says. Null where it may be. */
export async function clockSetBack(store: Pick<EventStore, 'readAll'>, clock: Clock): Promise<string | null> {
  for await (const { recordedAt } of store.readAll({ backwards: true, limit: 1 }))
    if (clock.seconds() < secondsOf(recordedAt) - SET_RIGHT_MAX)
      return `The clock says ${clock.rfc3339()}, and the record has an event of ${recordedAt}; set the clock, then start again.`;
  return null;
}

/** Starts behind the log's last event, so that a clock set back between two runs is not believed. One per store and process. */
export async function recordedTimes(store: EventStore, clock: Clock): Promise<RecordedTimes> {
  let previous = '';
  for await (const event of store.readAll({ backwards: true, limit: 1 })) previous = event.recordedAt;
  return {
    next: () => {
      const now = clock.rfc3339();
      if (!(Date.parse(now) < Date.parse(previous))) previous = now;
      return previous;
    },
  };
}
