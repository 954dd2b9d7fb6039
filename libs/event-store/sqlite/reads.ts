/** The reading half of the SQLite engine: pages, never an open cursor, so that an early break leaves nothing behind. */
import type Database from 'better-sqlite3';
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { begin } from '../call.ts';
import type { Filter, ReadAll, ReadStream } from '../event-store.ts';
import type { Page } from '../follow.ts';
import { numberOf, positionOf } from '../position.ts';
import { COLUMNS, type Row, eventOf } from './row.ts';

/** One page ends at whichever comes first; the scan is how many events a filter may pass over in one go. */
const PAGE_LIMITS = { rowsMax: 500, octetsMax: 4 * 1024 * 1024, scanMax: 10_000 } as const;

interface Cut {
  readonly rows: readonly Row[];
  /** Whether the page ended before the question did. */
  readonly cut: boolean;
}

export class SqliteReads {
  readonly #connection: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(connection: Database.Database) {
    this.#connection = connection;
  }

  identity(): string {
    return this.#statement("SELECT value FROM log WHERE name = 'identity'").pluck().get() as string;
  }

  /** The number of the last event; -1 while the log is empty. */
  headNumber(): number {
    return Number(this.#statement('SELECT coalesce(max(position), -1) FROM events').pluck().get());
  }

  head(): Position | null {
    const head = this.headNumber();
    return head < 0 ? null : positionOf(head);
  }

  streamHead(stream: string): Revision | null {
    return this.#statement('SELECT max(revision) FROM events WHERE stream = ?').pluck().get(stream) as Revision | null;
  }

  async *readStream(stream: string, options: ReadStream): AsyncGenerator<StoredEvent, void, undefined> {
    const check = begin(options);
    const { backwards = false, limit = Infinity } = options;
    const [compare, order, step] = backwards ? (['<=', 'DESC', -1n] as const) : (['>=', 'ASC', 1n] as const);
    const sql = `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision ${compare} ? ORDER BY revision ${order} LIMIT ?`;
    let from = options.from ?? (backwards ? REVISION_MAX : 0n);
    for (let left = limit; left > 0;) {
      check();
      const { rows, cut } = this.#take(sql, [stream, from], left);
      for (const row of rows) {
        check();
        yield eventOf(row);
        from = row.revision + step;
      }
      left -= rows.length;
      if (!cut) return;
    }
  }

  async *readAll(options: ReadAll): AsyncGenerator<StoredEvent, void, undefined> {
    const check = begin(options);
    const { backwards = false, limit = Infinity, filter } = options;
    const head = this.headNumber();
    let low = options.after === undefined ? 0 : numberOf(options.after, head) + 1;
    let high = options.until === undefined ? head : numberOf(options.until, head);
    for (let left = limit; left > 0 && low <= high;) {
      check();
      const window = backwards
        ? { low: Math.max(low, high - PAGE_LIMITS.scanMax + 1), high }
        : { low, high: Math.min(high, low + PAGE_LIMITS.scanMax - 1) };
      const { rows, cut } = this.#window({ ...window, filter, backwards, left });
      for (const row of rows) {
        check();
        yield eventOf(row);
      }
      left -= rows.length;
      const last = cut ? Number(rows.at(-1)?.position) : backwards ? window.low : window.high;
      if (backwards) high = last - 1;
      else low = last + 1;
    }
  }

  /** The next page of a subscription. Throws InvalidPosition. */
  page(after: Position | null, filter: Filter | undefined): Page {
    const head = this.headNumber();
    const low = after === null ? 0 : numberOf(after, head) + 1;
    const high = Math.min(head, low + PAGE_LIMITS.scanMax - 1);
    const { rows, cut } = this.#window({ low, high, filter, backwards: false, left: Infinity });
    const to = cut ? Number(rows.at(-1)?.position) : high;
    return { events: rows.map(eventOf), to: to < 0 ? null : positionOf(to), atHead: to === head };
  }

  #window(ask: { low: number; high: number; filter: Filter | undefined; backwards: boolean; left: number }): Cut {
    const clauses = [...clause('stream', ask.filter?.streamPrefixes), ...clause('type', ask.filter?.typePrefixes)];
    const sql =
      `SELECT ${COLUMNS} FROM events WHERE position BETWEEN ? AND ?${clauses.map(({ sql }) => ` AND ${sql}`).join('')}` +
      ` ORDER BY position ${ask.backwards ? 'DESC' : 'ASC'} LIMIT ?`;
    return this.#take(sql, [ask.low, ask.high, ...clauses.flatMap(({ values }) => values)], ask.left);
  }

  #take(sql: string, values: readonly unknown[], left: number): Cut {
    const limit = Math.min(left, PAGE_LIMITS.rowsMax);
    const rows: Row[] = [];
    let octets = 0;
    for (const row of this.#statement(sql).iterate(...values, limit) as IterableIterator<Row>) {
      rows.push(row);
      octets += row.data.length + row.metadata.length;
      if (octets >= PAGE_LIMITS.octetsMax) return { rows, cut: true };
    }
    return { rows, cut: rows.length === limit };
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#connection.prepare(sql).safeIntegers(true);
    this.#statements.set(sql, made);
    return made;
  }
}

const REVISION_MAX = 2n ** 63n - 1n;

/** `instr(…) = 1` is "begins with", octet for octet, as the port's filter means it. */
function clause(column: string, prefixes: readonly string[] | undefined): { sql: string; values: readonly string[] }[] {
  if (prefixes === undefined) return [];
  if (prefixes.length === 0) return [{ sql: 'FALSE', values: [] }];
  return [{ sql: `(${prefixes.map(() => `instr(${column}, ?) = 1`).join(' OR ')})`, values: prefixes }];
}
