/** What a card did day by day: the uses on record, and the runs of orders for its key that failed. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Reading } from '../sqlite/reading.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 92;
/** Rows behind one answer: a card signs far fewer in such a time. */
const ROWS_MAX = 20_000;
const FAILED_MAX = 2000;

export interface CardDay {
  readonly day: string;
  readonly signed: number;
  readonly refused: number;
}

interface Asked {
  readonly card: string;
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Ascending, days without anything left out. Refuses BAD_FILTER. */
export async function cardActivity(reading: Reading, it: Asked): Promise<readonly CardDay[] | Refusal> {
  if (it.days < 1 || it.days > DAYS_MAX) return refuse('BAD_FILTER', `Ask for 1 to ${DAYS_MAX} days.`);
  const today = Math.floor(it.now / DAY_MS) * DAY_MS;
  const from = new Date(today - (it.days - 1) * DAY_MS).toISOString();
  const first = await reading.event.findFirst({
    where: { recordedAt: { gte: from } },
    orderBy: [{ recordedAt: 'asc' }, { place: 'asc' }],
    select: { place: true },
  });
  if (first === null) return [];
  const since = { gte: first.place };
  const signed = await reading.event.findMany({
    where: { card: it.card, type: 'CardUsed', place: since },
    orderBy: { place: 'desc' },
    select: { recordedAt: true },
    take: ROWS_MAX,
  });
  const counts = new Map<string, { signed: number; refused: number }>();
  const add = (at: string, what: 'signed' | 'refused'): void => {
    const day = at.slice(0, 10);
    const count = counts.get(day) ?? { signed: 0, refused: 0 };
    counts.set(day, { ...count, [what]: count[what] + 1 });
  };
  for (const { recordedAt } of signed) add(recordedAt, 'signed');
  for (const { recordedAt } of await failedOf(reading, it.card, since)) add(recordedAt, 'refused');
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, count]) => ({ day, ...count }));
}

/** A run that failed may have come to no card; its order names the key that it was for. */
async function failedOf(reading: Reading, card: string, place: { readonly gte: number }) {
  const known = await reading.chipCard.findUnique({ where: { id: card }, select: { cardKey: true } });
  const failed = await reading.event.findMany({
    where: { type: 'PersonalizationFailed', place },
    orderBy: { place: 'desc' },
    select: { recordedAt: true, orderId: true },
    take: FAILED_MAX,
  });
  const ids = [...new Set(failed.flatMap(({ orderId }) => (orderId === null ? [] : [orderId])))];
  const orders = await reading.order.findMany({ where: { id: { in: ids } }, select: { id: true, bytes: true } });
  const own = new Set(orders.filter(({ bytes }) => keyIn(bytes) === known?.cardKey).map(({ id }) => id));
  return failed.filter(({ orderId }) => orderId !== null && own.has(orderId));
}

function keyIn(bytes: string): string | undefined {
  return (JSON.parse(bytes) as { readonly cardKey?: string }).cardKey; // parsed strictly before it was recorded
}
