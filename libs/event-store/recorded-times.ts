/** Times of recording: the platform's clock, held so that it never goes back behind what the log already says. */
import type { Clock } from '#libs/kernel/clock.ts';
import type { EventStore } from './event-store.ts';

export interface RecordedTimes {
  /** RFC 3339 in UTC; never before an earlier answer. Take it in the same turn as the append it is for. */
  readonly next: () => string;
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
