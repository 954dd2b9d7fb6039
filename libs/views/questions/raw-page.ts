/**
 * A page's range as one SQL statement, for the one table whose pages must be fast: Prisma's own query costs twice the
 * reading itself there. Names come from our orderings and filters alone; every value is a parameter.
 */
import type { Reading } from '../sqlite/reading.ts';
import type { Range } from './page.ts';

const COMPARE: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Rows of the range, with the named columns, as SQLite has them: a boolean is 0 or 1. */
export function rawRows<Row>(
  reading: Reading,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  range: Range,
): Promise<Row[]> {
  const conditions = range.where.map(conditionOf).filter(({ text }) => text !== '');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ text }) => text).join(' AND ')}`;
  const order = range.orderBy
    .flatMap((one) => Object.entries(one))
    .map(([column, towards]) => `"${column}" ${towards}`);
  const text =
    `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${table}${where} ` +
    `ORDER BY ${order.join(', ')} LIMIT ?`;
  return reading.$queryRawUnsafe<Row[]>(text, ...conditions.flatMap(({ values }) => values), range.take);
}

/** As Prisma's `where` says it: columns with a value or with bounds, or an OR of such. */
function conditionOf(where: object): Sql {
  const parts = Object.entries(where).flatMap(([name, value]: [string, unknown]): Sql[] => {
    if (name === 'OR') return [joined((value as object[]).map(conditionOf), ' OR ')];
    if (value === false) return [{ text: `+"${name}" = ?`, values: [0] }]; // nearly all rows: an index on it is of no use
    if (typeof value !== 'object' || value === null) return [{ text: `"${name}" = ?`, values: [cellOf(value)] }];
    return Object.entries(value).map(([bound, limit]: [string, unknown]) => ({
      text: `"${name}" ${COMPARE[bound] ?? '='} ?`,
      values: [limit],
    }));
  });
  return parts.length === 0 ? { text: '', values: [] } : joined(parts, ' AND ');
}

function joined(parts: readonly Sql[], word: string): Sql {
  return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => values) };
}

function cellOf(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}
