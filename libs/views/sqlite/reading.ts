/**
 * Reads a view database: with Prisma, and for the one table whose pages must be fast with statements of its own, which stay
 * prepared. Read only: nobody writes to a view but its projector.
 */
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import Database from 'better-sqlite3';
import { PrismaClient } from '#prisma/sqlite/client.ts';
import { SearchThreads } from './search-threads.ts';
import { preparedOn } from './statements.ts';
import { type Walk, Walker } from './walk.ts';

/** What questions read from; each provider's client has the same models. */
export type Reading = PrismaClient & Rows;

export interface Rows {
  /** How statements of our own are to be written. */
  readonly dialect: 'sqlite' | 'postgresql';
  /** Rows of a statement, with `?` for each value, as the database has them: in SQLite a boolean is 0 or 1, and it reads little more than it answers. */
  rowsOf<Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Rows of a range that may hold much else, likewise; null where a server looks by itself. Rejects SearchTooSlow. */
  readonly rowsIn: (<Row>(walk: Walk) => Promise<readonly Row[]>) | null;
}

/** Of a range that may hold much else so many rows are looked at where everybody waits; a thread looks at the rest. */
const LOOKED_AT_HERE = 500;
const SEARCH_MS = 5000;
/** Pages that stay in memory, in KiB. */
const CACHE_KIB = 65_536;

export interface ReadingOptions {
  /** Told every statement. */
  readonly query?: (sql: string) => void;
  /** A search that has not ended by then is given up. */
  readonly searchMs?: number;
}

/** Opens at once, so that a file that is gone or broken shows here. */
export async function openReading(
  file: string,
  { query, searchMs = SEARCH_MS }: ReadingOptions = {},
): Promise<Reading> {
  const adapter = new PrismaBetterSqlite3({ url: file, readonly: true, fileMustExist: true });
  const client = clientOf(adapter, query);
  await client.$connect();
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  connection.pragma(`cache_size = -${CACHE_KIB}`);
  const prepared = preparedOn(connection);
  const threads = new SearchThreads(file, searchMs);
  const rowsOf = async <Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    query?.(sql);
    return prepared(sql).all(...values) as Row[];
  };
  const rowsIn = async <Row>(walk: Walk): Promise<readonly Row[]> => {
    query?.(walk.sql);
    const walker = new Walker(prepared, walk);
    if (walk.kind === 'number' && !walk.isOneStep) walker.step(LOOKED_AT_HERE);
    const rows = walker.rows as Row[];
    return walker.isDone ? rows : [...rows, ...((await threads.find(walker.rest)) as Row[])];
  };
  const disconnect = client.$disconnect.bind(client);
  const $disconnect = async (): Promise<void> => {
    await threads.close();
    connection.close();
    await disconnect();
  };
  return Object.assign(client, { dialect: 'sqlite' as const, rowsOf, rowsIn, $disconnect });
}

function clientOf(adapter: PrismaBetterSqlite3, query: ((sql: string) => void) | undefined): PrismaClient {
  if (query === undefined) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', (event) => query(event.query));
  return client;
}
