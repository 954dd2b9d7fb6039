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

export interface Read {
  readonly table: string;
  readonly columns: readonly string[];
  /** What the index of words must find; then the rows come in its order, which is the log's. */
  readonly match: string | null;
}

/** Rows of the range, with the named columns, as SQLite has them: a boolean is 0 or 1. */
export function rawRows<Row>(reading: Reading, { table, columns, match }: Read, range: Range): readonly Row[] {
  const place = match === null ? '"place"' : `${table}_text.rowid`;
  const words = `${table}_text CROSS JOIN ${table} ON ${table}.place = ${place}`;
  const named = (column: string): string => (column === 'place' ? place : `"${column}"`);
  const found: readonly Sql[] = match === null ? [] : [{ text: `${table}_text MATCH ?`, values: [match] }];
  const conditions = [...found, ...range.where.map((one) => conditionOf(one, named))].filter(({ text }) => text !== '');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ text }) => text).join(' AND ')}`;
  const order = range.orderBy
    .flatMap((one) => Object.entries(one))
    .map(([name, towards]) => `${named(name)} ${towards}`);
  const text =
    `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${match === null ? table : words}${where} ` +
    `ORDER BY ${order.join(', ')} LIMIT ?`;
  return reading.rowsOf<Row>(text, [...conditions.flatMap(({ values }) => values), range.take]);
}

type Named = (column: string) => string;

/** As Prisma's `where` says it: columns with a value or with bounds, or an OR of such. A true says 1, so that an index of those alone serves. */
function conditionOf(where: object, named: Named): Sql {
  const parts = Object.entries(where).flatMap(([column, value]: [string, unknown]): Sql[] => {
    if (column === 'OR')
      return [
        joined(
          (value as object[]).map((one) => conditionOf(one, named)),
          ' OR ',
        ),
      ];
    const name = named(column);
    if (value === true) return [{ text: `${name} = 1`, values: [] }];
    if (value === false) return [{ text: `+${name} = 0`, values: [] }]; // nearly all rows: an index on it is of no use
    if (typeof value !== 'object' || value === null) return [{ text: `${name} = ?`, values: [value] }];
    return Object.entries(value).map(([bound, limit]: [string, unknown]) => ({
      text: `${name} ${COMPARE[bound] ?? '='} ?`,
      values: [limit],
    }));
  });
  return parts.length === 0 ? { text: '', values: [] } : joined(parts, ' AND ');
}

function joined(parts: readonly Sql[], word: string): Sql {
  return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => values) };
}
