/** Questions to the audit trail: by type, stream, actor, module, order, time or contest, each a range of one index. */
import { ROOMS } from '#libs/domain/rooms.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { eventView } from '../event/event.ts';
import type { Reading } from '../sqlite/reading.ts';
import type { Ordering } from './cursor.ts';
import { type Connection, type Fetch, type PageArguments, ofSeveral, page } from './page.ts';
import { rawRows } from './raw-page.ts';

export type EventModel = Awaited<ReturnType<Reading['event']['findMany']>>[number];

/** What an event must be to be on the page; what is left out may be anything. */
export interface EventFilter {
  readonly types?: readonly string[] | null;
  readonly stream?: string | null;
  readonly streamPrefix?: string | null;
  readonly actor?: string | null;
  readonly serial?: string | null;
  readonly order?: string | null;
  /** RFC 3339; from inclusive, to exclusive. */
  readonly recordedFrom?: string | null;
  readonly recordedTo?: string | null;
  readonly occurredFrom?: string | null;
  readonly occurredTo?: string | null;
  readonly contested?: boolean | null;
}

const BY_PLACE: Ordering = { name: 'events', columns: [{ name: 'place', type: 'number' }] };

/** Devices' clocks do not run in log order, so a page of a span of their times is ordered by it. */
const BY_OCCURRENCE: Ordering = {
  name: 'events-occurred',
  columns: [
    { name: 'occurredAt', type: 'string' },
    { name: 'place', type: 'number' },
  ],
};

const KEY = ['place', 'position', 'occurredAt'];
const TYPES_MAX = 32;
const STREAMS_MAX = 16;

/** What a page is ordered and known by; always read. */
type EventKey = Pick<EventModel, 'place' | 'position' | 'occurredAt'>;
export type EventColumns = EventKey & Partial<EventModel>;

export interface EventQuestion {
  readonly filter: EventFilter;
  readonly page: PageArguments;
  /** Columns to read beside the key; all of them where it is left out. */
  readonly columns?: readonly (keyof EventModel)[];
}

/** Refuses BAD_PAGE, BAD_CURSOR, BAD_FILTER. */
export async function eventPage(
  reading: Reading,
  { filter, page: given, columns }: EventQuestion,
): Promise<Connection<EventColumns> | Refusal> {
  const times = timesOf(filter);
  if (isRefusal(times)) return times;
  if ((filter.types?.length ?? 0) > TYPES_MAX)
    return refuse('BAD_FILTER', `Ask for ${TYPES_MAX} types of events at most.`);
  const ordering = times.occurred.length > 0 ? BY_OCCURRENCE : BY_PLACE;
  const conditions = [...equalities(filter), ...times.occurred, ...(await placesOf(reading, times))];
  const read = { table: 'event', columns: [...new Set([...KEY, ...(columns ?? eventView.columns)])] };
  const fetch: Fetch<EventColumns> = async (range) => {
    const rows = await rawRows<EventColumns>(reading, read, { ...range, where: [...conditions, ...range.where] });
    for (const row of rows) if ('contested' in row) row.contested = Boolean(row.contested);
    return rows;
  };
  const alternatives = await alternativesOf(reading, filter);
  return page(ordering, given, alternatives === null ? fetch : ofSeveral(ordering, alternatives, fetch));
}

/** Whether an event that was just recorded is one of those wanted. What judges it comes later, so no report is contested yet. */
export function isWanted(filter: EventFilter, event: StoredEvent): boolean {
  const row = eventView.apply(null, { event, place: 0, moved: null, judged: null }, event.position);
  const times = timesOf(filter);
  if (row === null || isRefusal(times)) return false;
  const { types, streamPrefix, serial, order } = filter;
  const wanted = { stream: filter.stream, actor: filter.actor, serial, orderId: order };
  const isContested = row.contested === 1;
  return (
    (types?.includes(event.type) ?? true) &&
    event.stream.startsWith(streamPrefix ?? '') &&
    Object.entries(wanted).every(([column, value]) => value == null || row[column] === value) &&
    (filter.contested ?? isContested) === isContested &&
    isWithin(row.recordedAt, filter.recordedFrom, filter.recordedTo) &&
    isWithin(row.occurredAt, filter.occurredFrom, filter.occurredTo)
  );
}

function isWithin(time: string, ...[from, to]: readonly (string | null | undefined)[]): boolean {
  const at = Date.parse(time);
  return (from == null || at >= Date.parse(from)) && (to == null || at < Date.parse(to));
}

function equalities({ stream, actor, serial, order, contested }: EventFilter): readonly object[] {
  const wanted = { stream, actor, serial, orderId: order, contested };
  return Object.entries(wanted).flatMap(([column, value]) => (value == null ? [] : [{ [column]: value }]));
}

interface Times {
  readonly recordedFrom: string | null;
  readonly recordedTo: string | null;
  readonly occurred: readonly object[];
}

function timesOf(filter: EventFilter): Times | Refusal {
  const read = (['recordedFrom', 'recordedTo', 'occurredFrom', 'occurredTo'] as const).map((name) =>
    timeIn(name, filter[name]),
  );
  const bad = read.find(isRefusal);
  if (bad !== undefined) return bad;
  const [recordedFrom = null, recordedTo = null, from = null, to = null] = read as (string | null)[];
  const occurred = [...(from === null ? [] : [{ gte: from }]), ...(to === null ? [] : [{ lt: to }])];
  return { recordedFrom, recordedTo, occurred: occurred.map((bound) => ({ occurredAt: bound })) };
}

function timeIn(name: string, text: string | null | undefined): string | null | Refusal {
  if (text == null) return null;
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isTime) return new Date(text).toISOString();
  return refuse('BAD_FILTER', `${name} is a time of RFC 3339, for example 2026-01-31T12:00:00Z.`);
}

/** Recorded times rise in log order, so a span of them is a span of places. */
async function placesOf(reading: Reading, { recordedFrom, recordedTo }: Times): Promise<readonly object[]> {
  const firstFrom = async (time: string): Promise<number | null> => {
    const found = await reading.event.findFirst({
      where: { recordedAt: { gte: time } },
      orderBy: [{ recordedAt: 'asc' }, { place: 'asc' }],
      select: { place: true },
    });
    return found?.place ?? null;
  };
  const from = recordedFrom === null ? [] : [{ place: { gte: (await firstFrom(recordedFrom)) ?? PLACE_MAX } }];
  const to = recordedTo === null ? null : await firstFrom(recordedTo);
  return [...from, ...(to === null ? [] : [{ place: { lt: to } }])];
}

const PLACE_MAX = 2 ** 31 - 1;

/** What is asked of one of several values, or null. */
async function alternativesOf(reading: Reading, filter: EventFilter): Promise<readonly object[] | null> {
  const { types, streamPrefix } = filter;
  const within = streamPrefix == null ? null : rangeOf(streamPrefix);
  if (types != null) return [...new Set(types)].map((type) => ({ ...within, type }));
  if (streamPrefix == null || within === null) return null;
  const streams = await streamsIn(reading, within);
  if (streams !== null) return streams.map((stream) => ({ stream }));
  return roomsOf(streamPrefix).map((room) => ({ ...within, room }));
}

interface StreamRange {
  readonly stream: { readonly gte: string; readonly lt: string };
}

function rangeOf(prefix: string): StreamRange {
  return { stream: { gte: prefix, lt: `${prefix}\u{10ffff}` } };
}

/** The streams that begin so, when they are few: found one by one in the index, without reading any of them. */
async function streamsIn(reading: Reading, { stream }: StreamRange): Promise<readonly string[] | null> {
  const streams: string[] = [];
  for (let behind: object = { gte: stream.gte }; ;) {
    const next = await reading.event.findFirst({
      where: { stream: { ...behind, lt: stream.lt } },
      orderBy: { stream: 'asc' },
      select: { stream: true },
    });
    if (next === null) return streams;
    if (streams.push(next.stream) > STREAMS_MAX) return null;
    behind = { gt: next.stream };
  }
}

function roomsOf(prefix: string): readonly string[] {
  const rooms = [...Object.entries(ROOMS).map(([name, { streamPrefix }]) => [name, streamPrefix] as const)];
  return [...rooms, ['refusal', 'refusal-'] as const].flatMap(([name, own]) =>
    prefix.startsWith(own) || own.startsWith(prefix) ? [name] : [],
  );
}
