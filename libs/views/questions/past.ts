/**
 * The past of one thing: its own events, folded by its view as far as a moment. `knownAt` is what the record knew then, by
 * recorded time; `asOf` is what was true then, by the time at which each fact happened, however late it was told.
 */
import { type Position, type StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { certificateView } from '../certificate/certificate.ts';
import { chipCardView } from '../chip-card/chip-card.ts';
import { orderView } from '../order/order.ts';
import { securityModuleView } from '../security-module/security-module.ts';
import type { Reading } from '../sqlite/reading.ts';
import { stationView } from '../station/station.ts';
import { type Told, isJudgement, isReported } from '../told.ts';
import { trustListView } from '../trust-list/trust-list.ts';
import { unitView } from '../unit/unit.ts';
import type { Row, View } from '../view.ts';
import { timeIn } from './event-filter.ts';
import type { EventModel } from './events.ts';

/** RFC 3339; what is left out is now. */
export interface Moment {
  readonly asOf?: string | null;
  readonly knownAt?: string | null;
}

interface Past<R extends Row> {
  readonly view: View<R>;
  /** Where its events stand: each a range of an index. */
  readonly where: (key: string) => readonly object[];
}

function past<R extends Row>(view: View<R>, ...where: readonly ((key: string) => object)[]): Past<R> {
  return { view, where: (key) => where.map((one) => one(key)) };
}

/** Everything whose past is told. */
export const PAST = {
  order: past(orderView, (id) => ({ stream: `order-${id}` })),
  securityModule: past(
    securityModuleView,
    (serial) => ({ stream: `security-module-${serial}` }),
    (serial) => ({ room: 'personalization', serial }),
  ),
  chipCard: past(chipCardView, (card) => ({ stream: `card-${card}` })),
  certificate: past(certificateView, (fingerprint) => ({ fingerprint })),
  trustList: past(trustListView, (station) => ({ stream: `trust-list-${station}` })),
  station: past(stationView, (station) => ({ stream: `station-${station}` })),
  unit: past(unitView, (unit) => ({ stream: `unit-${unit}` })),
};

const EVENTS_MAX = 20_000;

/** The row as it was; null where there was none yet. Refuses BAD_FILTER, TOO_LONG_A_LIFE. */
export async function pastOf<R extends Row>(
  reading: Reading,
  { view, where }: Past<R>,
  { key, asOf, knownAt }: Moment & { readonly key: string },
): Promise<R | null | Refusal> {
  const [occurred, recorded] = [timeIn('asOf', asOf), timeIn('knownAt', knownAt)];
  if (isRefusal(occurred)) return occurred;
  if (isRefusal(recorded)) return recorded;
  const rows = await eventsOf(reading, where(key), recorded);
  if (isRefusal(rows)) return rows;
  let row: R | null = null;
  for (const told of toldBy(rows)) {
    const { moved } = told;
    if (moved === null || (view.types !== 'every' && !view.types.has(moved.type))) continue;
    if (occurred !== null && toTheMillisecond(moved.occurredAt) > occurred) continue;
    if (view.keysOf(told).includes(key)) row = view.apply(row, told, key);
  }
  return row;
}

function toTheMillisecond(time: string): string {
  return new Date(time).toISOString();
}

async function eventsOf(
  reading: Reading,
  wheres: readonly object[],
  recorded: string | null,
): Promise<readonly EventModel[] | Refusal> {
  const found: EventModel[] = [];
  for (const where of wheres) {
    const until = recorded === null ? {} : { recordedAt: { lte: recorded } };
    const it = { where: { ...where, ...until }, orderBy: { place: 'asc' as const }, take: EVENTS_MAX + 1 };
    found.push(...(await reading.event.findMany(it)));
  }
  if (found.length > EVENTS_MAX)
    return refuse('TOO_LONG_A_LIFE', `More than ${EVENTS_MAX} events move this; ask the audit trail for them.`);
  return found.sort((a, b) => a.place - b.place);
}

/** As the views were told them: judgements with their reports. */
function toldBy(rows: readonly EventModel[]): readonly Told[] {
  const events = rows.map((row) => ({ place: row.place, event: eventIn(row) }));
  const byPlace = new Map(events.map(({ event }) => [`${event.stream} ${event.revision}`, event]));
  return events.map(({ place, event }) => {
    if (!isJudgement(event.type)) return { event, place, judged: null, moved: isReported(event.type) ? null : event };
    const judged = byPlace.get(`${event.stream} ${event.revision - 1n}`) ?? null;
    return { event, place, judged, moved: event.type === 'ReportAccepted' ? judged : null };
  });
}

function eventIn(row: EventModel): StoredEvent {
  const { id, stream, type, schemaVersion, occurredAt, recordedAt, actor, command, position } = row;
  return {
    id,
    stream,
    revision: BigInt(row.revision),
    position: position as Position,
    type,
    schemaVersion,
    occurredAt,
    recordedAt,
    salt: '',
    data: JSON.parse(row.data) as unknown,
    metadata: { actor, command },
  };
}
