/** Pages of all other views: newest first by the event that began the row, filtered by what its columns say. */
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { Ordering } from './cursor.ts';
import { type Connection, type PageArguments, page } from './page.ts';

/** Of one of Prisma's models. */
export interface Table<Row> {
  findMany(it: { where: object; orderBy: object[]; take: number }): PromiseLike<Row[]>;
}

export interface EntityPage {
  /** Word of the view, for its cursors. */
  readonly name: string;
  /** Column and value; null is no condition. */
  readonly filter: Readonly<Record<string, string | boolean | null | undefined>>;
  readonly page: PageArguments;
}

/** Refuses BAD_PAGE and BAD_CURSOR. */
export function entityPage<Row extends object>(
  table: Table<Row>,
  { name, filter, page: given }: EntityPage,
): Promise<Connection<Row> | Refusal> {
  const ordering: Ordering = {
    name,
    columns: [
      { name: 'since', type: 'number' },
      { name: 'id', type: 'string' },
    ],
  };
  const conditions = Object.entries(filter).flatMap(([column, value]) => (value == null ? [] : [{ [column]: value }]));
  return page(ordering, given, async ({ where, orderBy, take }) =>
    table.findMany({ where: { AND: [...conditions, ...where] }, orderBy: [...orderBy], take }),
  );
}
