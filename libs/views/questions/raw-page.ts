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

interface Named {
  readonly name: string;
  /** What stands for a value that it is compared with. */
  readonly value: string;
}

/** What the two databases say differently. */
interface Dialect {
  /** Place of a row that the index of words found, in the order of that index. */
  readonly found: (table: string) => Named;
  /** That index joined with its table. */
  readonly words: (table: string) => string;
  readonly matches: (table: string, words: readonly string[]) => Sql;
  readonly isTrue: (name: string) => string;
  /** Of nearly all rows: an index on it is of no use. */
  readonly isFalse: (name: string) => string;
}

const DIALECTS: Readonly<Record<Reading['dialect'], Dialect>> = {
  sqlite: {
    // A bound of the index of words must be an integer, or it is not used: numbers are bound as REAL.
    found: (table) => ({ name: `${table}_text.rowid`, value: 'CAST(? AS INTEGER)' }),
    words: (table) => `${table}_text CROSS JOIN ${table} ON ${table}.place = ${table}_text.rowid`,
    matches: (table, words) => ({ text: `${table}_text MATCH ?`, values: [words.map(phrase).join(' AND ')] }),
    isTrue: (name) => `${name} = 1`,
    isFalse: (name) => `+${name} = 0`,
  },
  postgresql: {
    found: (table) => plain(`${table}_text.place`),
    words: (table) => `${table}_text JOIN ${table} ON ${table}.place = ${table}_text.place`,
    matches: (table, words) => ({ text: `${table}_text.words @@ ?::tsquery`, values: [tsquery(words)] }),
    isTrue: (name) => name,
    isFalse: (name) => `NOT ${name}`,
  },
};

export interface Read {
  readonly table: string;
  readonly columns: readonly string[];
  /** What the index of words must find; then the rows come in its order, which is the log's. */
  readonly match: readonly string[] | null;
}

/** A word that the index of words has as one; what is looked up so is read from where the page begins. */
const ONE_WORD = /^[\p{L}\p{N}]+$/u;

/**
 * Rows of the range, with the named columns, as the database has them: in SQLite a boolean is 0 or 1. PostgreSQL looks
 * through a range beside everything else by itself. In SQLite what one index answers is read at once, and a range that
 * must be looked through is walked in a thread. Rejects SearchTooSlow.
 */
export async function rawRows<Row>(reading: Reading, read: Read, range: Range): Promise<readonly Row[]> {
  const { column, towards } = firstOrder(range);
  const looked = lookedAt(range, column);
  const { dialect, rowsIn } = reading;
  const isAtOnce = rowsIn === null || isOfOneRange(read, looked, column);
  const sql = statement(read, range, { dialect: DIALECTS[dialect], walked: isAtOnce ? null : column });
  if (isAtOnce) return reading.rowsOf<Row>(sql.text, [...sql.values, range.take]);
  return rowsIn<Row>({
    sql: sql.text,
    values: sql.values,
    table: read.table,
    column,
    kind: column === 'occurredAt' ? 'text' : 'number',
    towards,
    ...edgesOf(range, column),
    take: range.take,
    isOneStep: read.match !== null && looked.length === 0,
  });
}

function isOfOneRange({ match }: Read, looked: readonly Condition[], column: string): boolean {
  if (match === null) return isOfOneIndex(looked, column);
  return looked.length === 0 && match.length === 1 && ONE_WORD.test(match[0] ?? '');
}

type Condition = readonly [column: string, value: unknown];

/** Conditions besides those on what the page is ordered by. */
function lookedAt({ where }: Range, ordered: string): readonly Condition[] {
  const all = where.flatMap((one) => Object.entries(one) as Condition[]);
  return all.filter(([column]) => column !== ordered && column !== 'OR');
}

/** Every index ends in what pages are ordered by, but for occurred times: one value of one column is a range that holds nothing else. */
function isOfOneIndex(looked: readonly Condition[], ordered: string): boolean {
  if (looked.length === 0) return true;
  const isValue = looked.every(([, value]) => value !== false && (typeof value !== 'object' || value === null));
  return looked.length === 1 && ordered !== 'occurredAt' && isValue;
}

function firstOrder({ orderBy }: Range): { readonly column: string; readonly towards: 'asc' | 'desc' } {
  const [[column, towards] = ['place', 'desc']] = Object.entries(orderBy[0] ?? {});
  return { column, towards: towards === 'asc' ? 'asc' : 'desc' };
}

/** The bounds that the range has, a little wider where that is simpler: its own conditions stand besides. */
function edgesOf({ where }: Range, column: string) {
  const bounds = where.flatMap((one) => Object.entries((one as Record<string, object>)[column] ?? {}));
  const lowest = bounds.flatMap(([name, edge]: [string, Edge]) => (name.startsWith('gt') ? [edge] : []));
  const highest = bounds.flatMap(([name, edge]: [string, Edge]) =>
    name === 'lt' ? [edge] : name === 'lte' ? [behind(edge)] : [],
  );
  return {
    lower: lowest.reduce<Edge | null>((before, one) => (before === null || one > before ? one : before), null),
    upper: highest.reduce<Edge | null>((before, one) => (before === null || one < before ? one : before), null),
  };
}

type Edge = number | string;

function behind(edge: Edge): Edge {
  return typeof edge === 'number' ? edge + 1 : `${edge} `;
}

/** `walked`: the column by which it is read in steps, whose bounds are then its last parameters before the limit. */
function statement(
  { table, columns, match }: Read,
  { where, orderBy }: Range,
  { dialect, walked }: { readonly dialect: Dialect; readonly walked: string | null },
): Sql {
  const place = match === null ? plain('"place"') : dialect.found(table);
  const named = (column: string): Named => (column === 'place' ? place : plain(`"${column}"`));
  const words = match === null ? [] : [dialect.matches(table, match)];
  const steps =
    walked === null ? [] : [named(walked)].map(({ name, value }) => `${name} >= ${value} AND ${name} < ${value}`);
  const ranged = where.map((one) => conditionOf(one, named, dialect));
  const conditions = [...words, ...ranged].filter(({ text }) => text !== '');
  const all = [...conditions.map(({ text }) => text), ...steps];
  const order = orderBy.flatMap((one) => Object.entries(one)).map(([name, to]) => `${named(name).name} ${to}`);
  const plainTable = walked === 'occurredAt' ? `${table} INDEXED BY ${table}_by_${walked}` : table;
  const selected = columns.map((column) => (column === 'place' ? `${place.name} AS "place"` : `"${column}"`));
  const text =
    `SELECT ${selected.join(', ')} FROM ${match === null ? plainTable : dialect.words(table)}` +
    `${all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`} ORDER BY ${order.join(', ')} LIMIT ?`;
  return { text, values: conditions.flatMap(({ values }) => values) };
}

function plain(name: string): Named {
  return { name, value: '?' };
}

/** As Prisma's `where` says it: columns with a value or with bounds, or an OR of such. A true is said so that an index of those alone serves. */
function conditionOf(where: object, named: (column: string) => Named, dialect: Dialect): Sql {
  const parts = Object.entries(where).flatMap(([column, value]: [string, unknown]): Sql[] => {
    if (column === 'OR')
      return [
        joined(
          (value as object[]).map((one) => conditionOf(one, named, dialect)),
          ' OR ',
        ),
      ];
    const { name, value: parameter } = named(column);
    if (value === true) return [{ text: dialect.isTrue(name), values: [] }];
    if (value === false) return [{ text: dialect.isFalse(name), values: [] }];
    if (typeof value !== 'object' || value === null) return [{ text: `${name} = ?`, values: [value] }];
    return Object.entries(value).map(([bound, limit]: [string, unknown]) => ({
      text: `${name} ${COMPARE[bound] ?? '='} ${parameter}`,
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
