/** Questions to the audit trail: whatever is asked by is a range of one index, or of the index of words. */
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { eventView } from '../event/event.ts';
import type { Reading } from '../sqlite/reading.ts';
import { type Ordering, cursorOf } from './cursor.ts';
import { type EventFilter, wantedOf } from './event-filter.ts';
import { type Connection, type Fetch, type PageArguments, ofSeveral, page } from './page.ts';
import { rawRows } from './raw-page.ts';

export type EventModel = Awaited<ReturnType<Reading['event']['findMany']>>[number];

const BY_PLACE: Ordering = { name: 'events', columns: [{ name: 'place', type: 'number' }] };

/** The cursor of the event at this place, for whoever has its position and no cursor. */
export function behindPlace(place: number): string {
  return cursorOf(BY_PLACE, [place]);
}

/** Devices' clocks do not run in log order, so a page of a span of their times is ordered by it. */
const BY_OCCURRENCE: Ordering = {
  name: 'events-occurred',
  columns: [
    { name: 'occurredAt', type: 'string' },
    { name: 'place', type: 'number' },
  ],
};

const KEY = ['place', 'position', 'occurredAt'];

/** What a page is ordered and known by; always read. */
type EventKey = Pick<EventModel, 'place' | 'position' | 'occurredAt'>;
export type EventColumns = EventKey & Partial<EventModel>;

export interface EventQuestion {
  readonly filter: EventFilter;
  readonly page: PageArguments;
  /** Columns to read beside the key; all of them where it is left out. */
  readonly columns?: readonly (keyof EventModel)[];
}

/** Refuses BAD_PAGE, BAD_CURSOR, BAD_FILTER, TEXT_INDEX_BUILDING. */
export async function eventPage(
  reading: Reading,
  { filter, page: given, columns }: EventQuestion,
): Promise<Connection<EventColumns> | Refusal> {
  const wanted = await wantedOf(reading, filter);
  if (isRefusal(wanted)) return wanted;
  const { conditions, alternatives, search, byOccurrence } = wanted;
  const ordering = byOccurrence ? BY_OCCURRENCE : BY_PLACE;
  const read = {
    table: 'event',
    columns: [...new Set([...KEY, ...(columns ?? eventView.columns)])],
    match: search?.match ?? null,
  };
  const fetch: Fetch<EventColumns> = async (range) => {
    const rows = await rawRows<EventColumns>(reading, read, { ...range, where: [...conditions, ...range.where] });
    for (const row of rows) booleans(row);
    return rows;
  };
  return page(ordering, given, alternatives === null ? fetch : ofSeveral(ordering, alternatives, fetch));
}

function booleans(row: { -readonly [Column in keyof EventColumns]: EventColumns[Column] }): void {
  if ('contested' in row) row.contested = Boolean(row.contested);
  if ('alarm' in row) row.alarm = Boolean(row.alarm);
}
