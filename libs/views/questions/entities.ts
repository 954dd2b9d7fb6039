/** Pages of all other views: newest first by the event that began the row, filtered by what its columns say. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Ordering } from './cursor.ts';
import { type Connection, type Fetch, type PageArguments, ofSeveral, page } from './page.ts';

/** Of one of Prisma's models. */
export interface Table<Row> {
  findMany(it: { where: object; orderBy: object[]; take: number }): PromiseLike<Row[]>;
}

export interface EntityPage {
  /** Word of the view, for its cursors. */
  readonly name: string;
  /** Column and value; null is no condition. */
  readonly filter: Readonly<Record<string, string | boolean | null | undefined>>;
  /** Column and values, one of which it must have: a range of the index for each. */
  readonly oneOf?: Readonly<Record<string, readonly string[] | null | undefined>>;
  readonly page: PageArguments;
}

const VALUES_MAX = 6;

/** Refuses BAD_PAGE, BAD_CURSOR and BAD_FILTER. */
export async function entityPage<Row extends object>(
  table: Table<Row>,
  { name, filter, oneOf = {}, page: given }: EntityPage,
): Promise<Connection<Row> | Refusal> {
  const ordering: Ordering = {
    name,
    columns: [
      { name: 'since', type: 'number' },
      { name: 'id', type: 'string' },
    ],
  };
  const conditions = Object.entries(filter).flatMap(([column, value]) => (value == null ? [] : [{ [column]: value }]));
  const fetch: Fetch<Row> = async ({ where, orderBy, take }) =>
    table.findMany({ where: { AND: [...conditions, ...where] }, orderBy: [...orderBy], take });
  const [several] = Object.entries(oneOf).flatMap(([column, values]) =>
    values == null ? [] : [[...new Set(values)].map((value) => ({ [column]: value }))],
  );
  if ((several?.length ?? 0) > VALUES_MAX)
    return refuse('BAD_FILTER', `Ask for ${VALUES_MAX} values of one column at most.`);
  return page(ordering, given, several === undefined ? fetch : ofSeveral(ordering, several, fetch));
}
