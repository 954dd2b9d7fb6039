/** The trail from a place on, in log order, a page at a time: what matches is found in the views, and read from the log itself. */
import { isEventStoreError } from '#libs/event-store/event-store.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { EventFilter } from '#libs/views/questions/event-filter.ts';
import { behindPlace, eventPage } from '#libs/views/questions/events.ts';
import type { Questions } from '../api/questions.ts';
import type { LogRecord } from '../record.ts';

export const TRAIL_PAGE = 100;

export interface TrailSources {
  readonly store: LogRecord['store'];
  readonly questions: Questions;
}

export interface Trail {
  /** The next of what stands there now, 100 at most; none where nothing more does. `seen` is what the views must have. */
  read(seen: Position | null): Promise<readonly StoredEvent[] | Refusal>;
}

const UNKNOWN = refuse('POSITION_UNKNOWN', 'No event of this log stands at that position; begin again without one.');

export function trailAfter(sources: TrailSources, filter: EventFilter | null, after: Position | null): Trail {
  return filter === null ? wholeTrail(sources, after) : matchingTrail(sources, filter, after);
}

function wholeTrail({ store }: TrailSources, from: Position | null): Trail {
  let after = from;
  return {
    async read() {
      try {
        const page: StoredEvent[] = [];
        const behind = after === null ? {} : { after };
        for await (const event of store.readAll({ ...behind, limit: TRAIL_PAGE })) page.push(event);
        after = page.at(-1)?.position ?? after;
        return page;
      } catch (error) {
        if (isEventStoreError(error) && error.code === 'InvalidPosition') return UNKNOWN;
        throw error;
      }
    },
  };
}

function matchingTrail({ store, questions }: TrailSources, filter: EventFilter, after: Position | null): Trail {
  let cursor: string | null = null;
  return {
    async read(seen) {
      const found = await questions.ask(seen, async (views) => {
        if (after !== null && cursor === null) {
          const first = await views.event.findUnique({ where: { position: after }, select: { place: true } });
          if (first === null) return UNKNOWN;
          cursor = behindPlace(first.place);
        }
        const page = { last: TRAIL_PAGE, before: cursor };
        return eventPage(views, { filter, page, columns: ['stream', 'revision'] });
      });
      if (isRefusal(found)) return found;
      cursor = found.edges[0]?.cursor ?? cursor;
      const events: StoredEvent[] = [];
      for (const { node } of found.edges.toReversed()) {
        const { stream = '', revision = 0 } = node;
        for await (const event of store.readStream(stream, { from: BigInt(revision), limit: 1 })) events.push(event);
      }
      return events;
    },
  };
}
