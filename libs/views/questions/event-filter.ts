/** What may be asked of the audit trail, and the ranges of indexes that answer it. */
import { ROOMS } from '#libs/domain/rooms.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Reading } from '../sqlite/reading.ts';
import { type Search, searchIn } from './search.ts';

/** What an event must be to be on the page; what is left out may be anything. */
export interface EventFilter {
  readonly types?: readonly string[] | null;
  readonly room?: string | null;
  readonly stream?: string | null;
  readonly streamPrefix?: string | null;
  readonly actor?: string | null;
  readonly serial?: string | null;
  readonly order?: string | null;
  readonly card?: string | null;
  readonly certificate?: string | null;
  readonly station?: string | null;
  readonly unit?: string | null;
  readonly code?: string | null;
  readonly text?: string | null;
  /** RFC 3339; from inclusive, to exclusive. */
  readonly recordedFrom?: string | null;
  readonly recordedTo?: string | null;
  readonly occurredFrom?: string | null;
  readonly occurredTo?: string | null;
  readonly alarm?: boolean | null;
  readonly contested?: boolean | null;
}

export const TYPES_MAX = 32;
const STREAMS_MAX = 16;

/** Every range that together hold what is wanted, each with the same conditions besides. */
export interface Wanted {
  readonly conditions: readonly object[];
  /** Ranges that have no row in common; null where the conditions say it all. */
  readonly alternatives: readonly object[] | null;
  readonly search: Search | null;
  /** Ordered by the times at which things happened, not by the log. */
  readonly byOccurrence: boolean;
}

/** Refuses BAD_FILTER, TEXT_INDEX_BUILDING. */
export async function wantedOf(reading: Reading, filter: EventFilter): Promise<Wanted | Refusal> {
  const times = timesOf(filter);
  if (isRefusal(times)) return times;
  if ((filter.types?.length ?? 0) > TYPES_MAX)
    return refuse('BAD_FILTER', `Ask for ${TYPES_MAX} types of events at most.`);
  const search = filter.text == null ? null : await searchIn(reading, filter.text, saidAlongside(filter));
  if (isRefusal(search)) return search;
  const conditions = [...equalities(filter), ...times.occurred, ...(await placesOf(reading, times))];
  const hashes = (search?.hashes ?? []).map((hash) => HASHED.map((column) => ({ [column]: hash })));
  const alternatives = crossed([
    await ofTypeOrStream(reading, filter, search !== null),
    filter.card == null ? null : await ofCard(reading, filter.card),
    ...hashes,
  ]);
  return {
    conditions,
    alternatives,
    search: search?.match == null ? null : search,
    byOccurrence: times.occurred.length > 0 && search === null,
  };
}

/** Columns that hold the hash of something. */
const HASHED = ['orderId', 'fingerprint', 'cardKey'] as const;

/** One of the first and one of the second and … */
function crossed(lists: readonly (readonly object[] | null)[]): readonly object[] | null {
  const some = lists.filter((list) => list !== null);
  if (some.length === 0) return null;
  return some.reduce((before, list) => before.flatMap((one) => list.map((other) => ({ ...one, ...other }))), [{}]);
}

/** Words that stand in every such event, so that the index of words need not be left to find it. */
function saidAlongside({ types, actor }: EventFilter): readonly string[] {
  const type = types?.length === 1 ? types[0] : null;
  return [type, actor].filter((word) => word != null);
}

function equalities(filter: EventFilter): readonly object[] {
  const { stream, actor, serial, order, certificate, station, unit, code, room, alarm, contested } = filter;
  const wanted = {
    room,
    contested,
    alarm,
    code,
    station,
    unit,
    actor,
    stream,
    orderId: order,
    fingerprint: certificate,
    serial,
  };
  return Object.entries(wanted).flatMap(([column, value]) => (value == null ? [] : [{ [column]: value }]));
}

/** What names the card, and what names its signing key alone. */
async function ofCard(reading: Reading, card: string): Promise<readonly object[]> {
  const sql = 'SELECT "cardKey" FROM chip_card WHERE id = ?';
  const [row] = await reading.rowsOf<{ cardKey: string | null }>(sql, [card]);
  const cardKey = row?.cardKey ?? null;
  return cardKey === null ? [{ card }] : [{ card }, { cardKey }];
}

interface Times {
  readonly recordedFrom: string | null;
  readonly recordedTo: string | null;
  readonly occurred: readonly object[];
}

export function timesOf(filter: EventFilter): Times | Refusal {
  const read = (['recordedFrom', 'recordedTo', 'occurredFrom', 'occurredTo'] as const).map((name) =>
    timeIn(name, filter[name]),
  );
  const bad = read.find(isRefusal);
  if (bad !== undefined) return bad;
  const [recordedFrom = null, recordedTo = null, from = null, to = null] = read as (string | null)[];
  const occurred = [...(from === null ? [] : [{ gte: from }]), ...(to === null ? [] : [{ lt: to }])];
  return { recordedFrom, recordedTo, occurred: occurred.map((bound) => ({ occurredAt: bound })) };
}

/** To the millisecond, as the tables have it; refuses BAD_FILTER. */
export function timeIn(name: string, text: string | null | undefined): string | null | Refusal {
  if (text == null) return null;
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isTime) return new Date(text).toISOString();
  return refuse('BAD_FILTER', `${name} is a time of RFC 3339, for example 2026-01-31T12:00:00Z.`);
}

/** Recorded times rise in log order, so a span of them is a span of places. */
async function placesOf(reading: Reading, { recordedFrom, recordedTo }: Times): Promise<readonly object[]> {
  const sql = 'SELECT place FROM event WHERE "recordedAt" >= ? ORDER BY "recordedAt", place LIMIT 1';
  const firstFrom = async (time: string): Promise<number | null> =>
    (await reading.rowsOf<{ place: number }>(sql, [time]))[0]?.place ?? null;
  const from = recordedFrom === null ? [] : [{ place: { gte: (await firstFrom(recordedFrom)) ?? PLACE_MAX } }];
  const to = recordedTo === null ? null : await firstFrom(recordedTo);
  return [...from, ...(to === null ? [] : [{ place: { lt: to } }])];
}

const PLACE_MAX = 2 ** 31 - 1;

/** What is asked of one of several values, or null. Beside a search the order of its index stands, so a prefix is a condition. */
async function ofTypeOrStream(
  reading: Reading,
  filter: EventFilter,
  isSearch: boolean,
): Promise<readonly object[] | null> {
  const { types, streamPrefix } = filter;
  const within = streamPrefix == null ? null : rangeOf(streamPrefix);
  if (types != null) return [...new Set(types)].map((type) => ({ ...within, type }));
  if (streamPrefix == null || within === null) return null;
  if (isSearch) return [within];
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
  const next = async (compare: '>=' | '>', behind: string): Promise<string | undefined> => {
    const sql = `SELECT stream FROM event WHERE stream ${compare} ? AND stream < ? ORDER BY stream LIMIT 1`;
    return (await reading.rowsOf<{ stream: string }>(sql, [behind, stream.lt]))[0]?.stream;
  };
  for (let at = await next('>=', stream.gte); at !== undefined; at = await next('>', at))
    if (streams.push(at) > STREAMS_MAX) return null;
  return streams;
}

function roomsOf(prefix: string): readonly string[] {
  const rooms = [...Object.entries(ROOMS).map(([name, { streamPrefix }]) => [name, streamPrefix] as const)];
  return [...rooms, ['refusal', 'refusal-'] as const].flatMap(([name, own]) =>
    prefix.startsWith(own) || own.startsWith(prefix) ? [name] : [],
  );
}
