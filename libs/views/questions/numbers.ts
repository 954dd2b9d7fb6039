/** What charts show: counts that were kept event by event, and spans of times, each read from one range of an index. */
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Reading } from '../sqlite/reading.ts';
import type { TallyKind } from '../numbers/tally.ts';
import { timeIn } from './event-filter.ts';

export interface Span {
  /** RFC 3339; from inclusive, to exclusive. */
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
export const DAYS_MAX = 400;
const HOURS_DAYS_MAX = 62;
/** Rows behind one answer; a chart has no use for more points. */
const ROWS_MAX = 20_000;

export interface Numbers {
  readonly personalizations: readonly {
    readonly day: string;
    readonly completed: number;
    readonly failed: number;
    readonly overdue: number;
  }[];
  readonly refusals: readonly { readonly day: string; readonly code: string; readonly count: number }[];
  readonly waiting: readonly {
    readonly day: string;
    readonly orders: number;
    readonly medianSeconds: number;
    readonly p90Seconds: number;
  }[];
  readonly enforcements: Awaited<ReturnType<Reading['enforcement']['findMany']>>;
}

/** Refuses BAD_FILTER. */
export async function numbersOf(reading: Reading, span: Span): Promise<Numbers | Refusal> {
  const read = spanIn(span, DAYS_MAX);
  if (isRefusal(read)) return read;
  const { from, to } = read;
  const [endings, refusals] = await Promise.all([
    tallies(reading, 'personalization', read),
    tallies(reading, 'refusal', read),
  ]);
  const within = { gte: from, lt: to };
  const approved = await reading.order.findMany({
    where: { approvedAt: within },
    orderBy: [{ approvedAt: 'asc' }],
    select: { approvedAt: true, firstAt: true },
    take: ROWS_MAX,
  });
  const enforcements = await reading.enforcement.findMany({
    where: { decidedAt: within },
    orderBy: [{ decidedAt: 'asc' }],
    take: ROWS_MAX,
  });
  const days = Map.groupBy(endings, ({ at }) => at);
  return {
    personalizations: [...days].map(([day, rows]) => ({ day: dayOf(day), ...endingsOf(rows) })),
    refusals: refusals.map(({ at, label, count }) => ({ day: dayOf(at), code: label, count })),
    waiting: waitingOf(approved),
    enforcements,
  };
}

export interface HourCount {
  readonly at: string;
  readonly events: number;
  readonly alarms: number;
}

/** Hours in which anything happened. Refuses BAD_FILTER. */
export async function hourCounts(reading: Reading, span: Span): Promise<readonly HourCount[] | Refusal> {
  const read = spanIn(span, HOURS_DAYS_MAX);
  if (isRefusal(read)) return read;
  const [events, alarms] = await Promise.all([tallies(reading, 'event', read), tallies(reading, 'alarm', read)]);
  const alarmsAt = new Map(alarms.map(({ at, count }) => [at, count]));
  return events.map(({ at, count }) => ({ at, events: count, alarms: alarmsAt.get(at) ?? 0 }));
}

export interface FleetCount {
  readonly state: string;
  readonly site: string | null;
  readonly assurance: string | null;
  readonly count: number;
}

/** Modules by what they are, where they stand, and how sure their last issue was of them: counted in one index. */
export async function fleetCounts(reading: Reading): Promise<readonly FleetCount[]> {
  const found = await reading.securityModule.groupBy({ by: ['state', 'site', 'assurance'], _count: { state: true } });
  return found.map(({ _count, ...one }) => ({ ...one, count: _count.state }));
}

/** The key of a tally begins with its kind and its time, so a span of times is a range of keys. */
function tallies(reading: Reading, kind: TallyKind, { from, to }: Span) {
  const beginning = (time: string): string => `${kind} ${time.slice(0, 19)}Z`;
  return reading.tally.findMany({
    where: { id: { gte: beginning(from), lt: beginning(to) } },
    orderBy: { id: 'asc' },
    take: ROWS_MAX,
  });
}

function spanIn(span: Span, daysMax: number): Span | Refusal {
  const [from, to] = [timeIn('from', span.from), timeIn('to', span.to)];
  if (isRefusal(from)) return from;
  if (isRefusal(to)) return to;
  const days = (Date.parse(to ?? '') - Date.parse(from ?? '')) / DAY_MS;
  if (from !== null && to !== null && days >= 0 && days <= daysMax) return { from, to };
  return refuse('BAD_FILTER', `A span ends after it begins, and has ${daysMax} days at most.`);
}

function dayOf(at: string): string {
  return at.slice(0, 10);
}

function endingsOf(rows: readonly { readonly label: string; readonly count: number }[]) {
  const of = (label: string): number => rows.find((row) => row.label === label)?.count ?? 0;
  return { completed: of('completed'), failed: of('failed'), overdue: of('overdue') };
}

function waitingOf(approved: readonly { readonly approvedAt: string | null; readonly firstAt: string }[]) {
  const waits = approved.map(({ approvedAt, firstAt }) => ({
    day: dayOf(approvedAt ?? ''),
    seconds: (Date.parse(approvedAt ?? '') - Date.parse(firstAt)) / 1000,
  }));
  return [...Map.groupBy(waits, ({ day }) => day)].map(([day, all]) => {
    const sorted = all.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return { day, orders: all.length, medianSeconds: at(0.5), p90Seconds: at(0.9) };
  });
}
