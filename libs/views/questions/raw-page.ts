/**
 * A page's range as one SQL statement, for the one table whose pages must be fast: Prisma's own query costs twice the
 * reading itself there. Names come from our orderings and filters alone; every value is a parameter.
 */
import type { Reading } from '../sqlite/reading.ts';
import { tokensOf } from '../words.ts';
import type { Range } from './page.ts';

const COMPARE: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

interface Sql {
  /** With `?` for each value. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What the two databases say differently. */
interface Dialect {
  /** Place of a row that the index of words found, in the order of that index. */
  readonly found: (table: string) => string;
  /** That index joined with its table. */
  readonly words: (table: string) => string;
  readonly matches: (table: string, words: readonly string[]) => Sql;
  readonly isTrue: (name: string) => string;
  /** Of nearly all rows: an index on it is of no use. */
  readonly isFalse: (name: string) => string;
  /** With the placeholders of the driver. */
  readonly numbered: (text: string) => string;
}

const DIALECTS: Readonly<Record<Reading['dialect'], Dialect>> = {
  sqlite: {
    found: (table) => `${table}_text.rowid`,
    words: (table) => `${table}_text CROSS JOIN ${table} ON ${table}.place = ${table}_text.rowid`,
    matches: (table, words) => ({ text: `${table}_text MATCH ?`, values: [words.map(phrase).join(' AND ')] }),
    isTrue: (name) => `${name} = 1`,
    isFalse: (name) => `+${name} = 0`,
    numbered: (text) => text,
  },
  postgresql: {
    found: (table) => `${table}_text.place`,
    words: (table) => `${table}_text JOIN ${table} ON ${table}.place = ${table}_text.place`,
    matches: (table, words) => ({ text: `${table}_text.words @@ ?::tsquery`, values: [tsquery(words)] }),
    isTrue: (name) => name,
    isFalse: (name) => `NOT ${name}`,
    numbered: (text) => {
      let at = 0;
      return text.replace(/\?/g, () => `$${(at += 1)}`);
    },
  },
};

export interface Read {
  readonly table: string;
  readonly columns: readonly string[];
  /** What the index of words must find; then the rows come in its order, which is the log's. */
  readonly match: readonly string[] | null;
}

/** Rows of the range, with the named columns, as the database has them: in SQLite a boolean is 0 or 1. */
export function rawRows<Row>(reading: Reading, { table, columns, match }: Read, range: Range): Promise<readonly Row[]> {
  const dialect = DIALECTS[reading.dialect];
  const place = match === null ? '"place"' : dialect.found(table);
  const named = (column: string): string => (column === 'place' ? place : `"${column}"`);
  const found = match === null ? [] : [dialect.matches(table, match)];
  const ranged = range.where.map((one) => conditionOf(one, named, dialect));
  const conditions = [...found, ...ranged].filter(({ text }) => text !== '');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ text }) => text).join(' AND ')}`;
  const order = range.orderBy
    .flatMap((one) => Object.entries(one))
    .map(([name, towards]) => `${named(name)} ${towards}`);
  const from = match === null ? table : dialect.words(table);
  const selected = columns.map((column) => (column === 'place' ? `${place} AS "place"` : `"${column}"`));
  const text = `SELECT ${selected.join(', ')} FROM ${from}${where} ORDER BY ${order.join(', ')} LIMIT ?`;
  return reading.rowsOf<Row>(dialect.numbered(text), [...conditions.flatMap(({ values }) => values), range.take]);
}

type Named = (column: string) => string;

/** As Prisma's `where` says it: columns with a value or with bounds, or an OR of such. A true is said so that an index of those alone serves. */
function conditionOf(where: object, named: Named, dialect: Dialect): Sql {
  const parts = Object.entries(where).flatMap(([column, value]: [string, unknown]): Sql[] => {
    if (column === 'OR')
      return [
        joined(
          (value as object[]).map((one) => conditionOf(one, named, dialect)),
          ' OR ',
        ),
      ];
    const name = named(column);
    if (value === true) return [{ text: dialect.isTrue(name), values: [] }];
    if (value === false) return [{ text: dialect.isFalse(name), values: [] }];
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

/** As FTS5 takes it, which cuts a word by itself. */
function phrase(word: string): string {
  return `"${word.replaceAll('"', '""')}"${word.endsWith('*') ? '*' : ''}`;
}

/** The same for PostgreSQL: what a word is cut into must stand behind each other. */
function tsquery(words: readonly string[]): string {
  const phrases = words.flatMap((word) => {
    const tokens = tokensOf(word).map((token) => `'${token}'`);
    return tokens.length === 0 ? [] : [`(${tokens.join(' <-> ')}${word.endsWith('*') ? ':*' : ''})`];
  });
  return phrases.join(' & ');
}
