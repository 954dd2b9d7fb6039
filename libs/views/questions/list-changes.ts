/** What became of a station's trust list between two moments. */
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Reading } from '../sqlite/reading.ts';
import type { ListedKeyCell, TrustListRow } from '../trust-list/trust-list.ts';
import { timeIn } from './event-filter.ts';
import { PAST, pastOf } from './past.ts';

export interface ListChange {
  readonly kind: 'trusted' | 'suspended' | 'deactivated' | 'compromised' | 'published' | 'enforced';
  /** RFC 3339. */
  readonly at: string;
  readonly occurredAt: string;
  readonly cardKey: string | null;
  readonly order: string | null;
  readonly version: number | null;
  readonly position: string;
}

/** A signing key whose state on the list is not the same at both moments. */
export interface ListDifference {
  readonly cardKey: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly order: string;
}

export interface ListChanges {
  readonly before: TrustListRow | null;
  readonly after: TrustListRow | null;
  readonly differences: readonly ListDifference[];
  /** Newest first. */
  readonly changes: readonly ListChange[];
}

const TYPES = ['SigningKeyTrusted', 'SigningKeyDisabled', 'TrustListPublished', 'TrustListEnforced'];
export const CHANGES_MAX = 200;

interface Span {
  readonly station: string;
  readonly from: string;
  readonly to: string;
}

/** By what the record knew at each of the two moments. Refuses BAD_FILTER, TOO_LONG_A_LIFE. */
export async function listChanges(reading: Reading, { station, from, to }: Span): Promise<ListChanges | Refusal> {
  const [begin, end] = [timeIn('from', from), timeIn('to', to)];
  if (isRefusal(begin)) return begin;
  if (isRefusal(end)) return end;
  if (begin === null || end === null || begin > end) return refuse('BAD_FILTER', 'from is not behind to.');
  const before = await pastOf(reading, PAST.trustList, { key: station, knownAt: begin });
  if (isRefusal(before)) return before;
  const after = await pastOf(reading, PAST.trustList, { key: station, knownAt: end });
  if (isRefusal(after)) return after;
  const events = await reading.event.findMany({
    where: {
      stream: `trust-list-${station}`,
      type: { in: TYPES },
      recordedAt: { gt: begin, lte: end },
      contested: false,
    },
    orderBy: { place: 'desc' },
    take: CHANGES_MAX,
    select: { type: true, recordedAt: true, occurredAt: true, data: true, position: true },
  });
  return { before, after, differences: differences(before, after), changes: events.map(changeIn) };
}

function differences(before: TrustListRow | null, after: TrustListRow | null): readonly ListDifference[] {
  const [then, now] = [keysOf(before), keysOf(after)];
  return [...now.values()].flatMap(({ cardKey, state, order }) => {
    const was = then.get(cardKey)?.state ?? null;
    return was === state ? [] : [{ cardKey, before: was, after: state, order }];
  });
}

function keysOf(row: TrustListRow | null): ReadonlyMap<string, ListedKeyCell> {
  const keys = JSON.parse(row?.keys ?? '[]') as readonly ListedKeyCell[];
  return new Map(keys.map((one) => [one.cardKey, one]));
}

interface Event {
  readonly type: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly data: string;
  readonly position: string;
}

function changeIn({ type, recordedAt, occurredAt, data, position }: Event): ListChange {
  const said = JSON.parse(data) as { cardKey?: string; order?: string; to?: ListChange['kind']; version?: number };
  const kinds: Readonly<Record<string, ListChange['kind']>> = {
    SigningKeyTrusted: 'trusted',
    TrustListPublished: 'published',
    TrustListEnforced: 'enforced',
  };
  return {
    kind: kinds[type] ?? said.to ?? 'suspended',
    at: recordedAt,
    occurredAt,
    cardKey: said.cardKey ?? null,
    order: said.order ?? null,
    version: said.version ?? null,
    position,
  };
}
