/**
 * Pages by keyset (Relay connections): a page is a range of an index behind a key, never an offset and never a count, so
 * that page 10,000 costs what page 1 does. Connections are ordered newest first; `last` and `before` read them backwards.
 */
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Key, type Ordering, cursorOf, keyIn } from './cursor.ts';

export const PAGE_SIZE = 50;
export const PAGE_SIZE_MAX = 200;

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** As Prisma takes it: every condition must hold. */
export interface Range {
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
  readonly take: number;
}

export type Fetch<Row> = (range: Range) => Promise<readonly Row[]>;

export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    /** Looked up only where somebody asks. */
    readonly hasNextPage: () => Promise<boolean>;
    readonly hasPreviousPage: () => Promise<boolean>;
  };
}

interface Bounds {
  readonly after: Key | null;
  readonly before: Key | null;
  readonly size: number;
  readonly backwards: boolean;
}

export type Direction = 'older' | 'newer';

/** Refuses BAD_PAGE and BAD_CURSOR. */
export async function page<Row extends object>(
  ordering: Ordering,
  given: PageArguments,
  fetch: Fetch<Row>,
): Promise<Connection<Row> | Refusal> {
  const bounds = boundsOf(ordering, given);
  if (isRefusal(bounds)) return bounds;
  const { after, before, size, backwards } = bounds;
  const where = [
    ...(after === null ? [] : beyond(ordering, after, 'older')),
    ...(before === null ? [] : beyond(ordering, before, 'newer')),
  ];
  const direction = backwards ? 'newer' : 'older';
  const found = await fetch({ where, orderBy: orderOf(ordering, direction), take: size + 1 });
  const rows = backwards ? found.slice(0, size).reverse() : found.slice(0, size);
  const edges = rows.map((node) => ({ cursor: cursorOf(ordering, keyOf(ordering, node)), node }));
  const more = found.length > size;
  const beyondEnd = (row: Row | undefined, towards: Direction): Promise<boolean> =>
    row === undefined ? Promise.resolve(true) : isAnything(ordering, { fetch, row, towards });
  const hasNext = backwards ? before !== null : more || before !== null;
  const hasPrevious = backwards ? more || after !== null : after !== null;
  return {
    edges,
    pageInfo: {
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: async () => (!backwards && more) || (hasNext && (await beyondEnd(rows.at(-1), 'older'))),
      hasPreviousPage: async () => (backwards && more) || (hasPrevious && (await beyondEnd(rows.at(0), 'newer'))),
    },
  };
}

function boundsOf(ordering: Ordering, { first, after, last, before }: PageArguments): Bounds | Refusal {
  if (first != null && last != null) return refuse('BAD_PAGE', 'Ask with first or with last, not with both.');
  const size = first ?? last ?? PAGE_SIZE;
  if (size < 1 || size > PAGE_SIZE_MAX)
    return refuse('BAD_PAGE', `A page has from 1 to ${PAGE_SIZE_MAX} entries; ${size} were asked for.`);
  const [afterKey, beforeKey] = [after, before].map((cursor) => (cursor == null ? null : keyIn(ordering, cursor)));
  if (isRefusal(afterKey)) return afterKey;
  if (isRefusal(beforeKey)) return beforeKey;
  return { after: afterKey ?? null, before: beforeKey ?? null, size, backwards: last != null };
}

/** Rows beyond a key. Of two columns the first is bounded alone too, so that the database sees one range of one index. */
export function beyond({ columns }: Ordering, key: Key, towards: Direction): readonly object[] {
  const strictly = towards === 'older' ? 'lt' : 'gt';
  const [first, second] = columns;
  if (first === undefined) return [];
  if (second === undefined) return [{ [first.name]: { [strictly]: key[0] } }];
  const rest = { OR: [{ [first.name]: { [strictly]: key[0] } }, { [second.name]: { [strictly]: key[1] } }] };
  return [{ [first.name]: { [`${strictly}e`]: key[0] } }, rest];
}

export function orderOf({ columns }: Ordering, towards: Direction): readonly object[] {
  return columns.map(({ name }) => ({ [name]: towards === 'older' ? 'desc' : 'asc' }));
}

export function keyOf({ columns }: Ordering, row: object): Key {
  return columns.map(({ name }) => (row as Record<string, string | number>)[name] ?? '');
}

async function isAnything<Row extends object>(
  ordering: Ordering,
  it: { readonly fetch: Fetch<Row>; readonly row: Row; readonly towards: Direction },
): Promise<boolean> {
  const where = beyond(ordering, keyOf(ordering, it.row), it.towards);
  const found = await it.fetch({ where, orderBy: orderOf(ordering, it.towards), take: 1 });
  return found.length > 0;
}

/** One of several values of a column: a range for each, merged, so that each stays a range of its index. */
export function ofSeveral<Row extends object>(
  ordering: Ordering,
  alternatives: readonly object[],
  fetch: Fetch<Row>,
): Fetch<Row> {
  return async ({ where, orderBy, take }) => {
    const ranges = alternatives.map((one) => fetch({ where: [...where, one], orderBy, take }));
    const rows = (await Promise.all(ranges)).flat();
    if (alternatives.length === 1) return rows;
    const isDescending = Object.values(orderBy[0] ?? {})[0] === 'desc';
    const sign = isDescending ? -1 : 1;
    return rows.sort((a, b) => sign * compared(keyOf(ordering, a), keyOf(ordering, b))).slice(0, take);
  };
}

function compared(a: Key, b: Key): number {
  for (const [index, one] of a.entries()) {
    const other = b[index] ?? 0;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
