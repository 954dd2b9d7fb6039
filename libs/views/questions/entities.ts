/** Pages of all other views: newest first by the event that began the row, filtered by what its columns say. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Reading } from '../sqlite/reading.ts';
import type { Ordering } from './cursor.ts';
import { type Connection, type Fetch, type PageArguments, type Range, ofSeveral, page } from './page.ts';
import { rawRows } from './raw-page.ts';

/** Of one of Prisma's models. */
interface Table<Row> {
  findMany(it: { where: object; orderBy: object[]; take?: number }): PromiseLike<Row[]>;
}

/** By the word of the view, which stands in its cursors: Prisma's model, and its table. */
const ENTITIES = {
  orders: ['order', 'order_view'],
  operators: ['operator', 'operator'],
  units: ['unit', 'unit'],
  chipCards: ['chipCard', 'chip_card'],
  keys: ['key', 'key_view'],
  securityModules: ['securityModule', 'security_module'],
  certificates: ['certificate', 'certificate'],
  stations: ['station', 'station'],
  trustLists: ['trustList', 'trust_list'],
  sessions: ['session', 'session'],
  personalizations: ['personalization', 'personalization'],
} as const satisfies Readonly<Record<string, readonly [model: string, table: string]>>;

export type EntityName = keyof typeof ENTITIES;
type ModelOf<Name extends EntityName> = (typeof ENTITIES)[Name][0];
export type EntityRow<Name extends EntityName> = Awaited<ReturnType<Reading[ModelOf<Name>]['findMany']>>[number];

export interface EntityPage<Name extends EntityName> {
  /** Word of the view. */
  readonly name: Name;
  /** Column and value; null is no condition. */
  readonly filter: Readonly<Record<string, string | boolean | null | undefined>>;
  /** Column and values, one of which it must have: a range of the index for each. */
  readonly oneOf?: Readonly<Record<string, readonly string[] | null | undefined>>;
  readonly page: PageArguments;
}

const VALUES_MAX = 6;

/** Refuses BAD_PAGE, BAD_CURSOR and BAD_FILTER. Rejects SearchTooSlow. */
export async function entityPage<Name extends EntityName>(
  reading: Reading,
  { name, filter, oneOf = {}, page: given }: EntityPage<Name>,
): Promise<Connection<EntityRow<Name>> | Refusal> {
  const ordering: Ordering = {
    name,
    columns: [
      { name: 'since', type: 'number' },
      { name: 'id', type: 'string' },
    ],
  };
  const conditions = Object.entries(filter).flatMap(([column, value]) => (value == null ? [] : [{ [column]: value }]));
  const fetch: Fetch<EntityRow<Name>> = (range) =>
    rowsIn(reading, name, { ...range, where: [...conditions, ...range.where] });
  const [several] = Object.entries(oneOf).flatMap(([column, values]) =>
    values == null ? [] : [[...new Set(values)].map((value) => ({ [column]: value }))],
  );
  if ((several?.length ?? 0) > VALUES_MAX)
    return refuse('BAD_FILTER', `Ask for ${VALUES_MAX} values of one column at most.`);
  return page(ordering, given, several === undefined ? fetch : ofSeveral(ordering, several, fetch));
}

/** One condition is a range of an index. Of several one is, and where no server does it the others are looked for beside whoever else asks: then by their ids. */
async function rowsIn<Name extends EntityName>(
  reading: Reading,
  name: Name,
  range: Range,
): Promise<readonly EntityRow<Name>[]> {
  const { where, orderBy, take } = range;
  const [model, table] = ENTITIES[name];
  const rows: Table<EntityRow<Name>> = reading[model];
  const columns = where.flatMap((one) => Object.keys(one)).filter((column) => column !== 'since' && column !== 'OR');
  if (columns.length < 2 || reading.rowsIn === null)
    return rows.findMany({ where: { AND: [...where] }, orderBy: [...orderBy], take });
  const found = await rawRows<{ id: string }>(reading, { table, columns: ['id'], match: null }, range);
  const ids = found.map(({ id }) => id);
  return ids.length === 0 ? [] : rows.findMany({ where: { id: { in: ids } }, orderBy: [...orderBy] });
}
