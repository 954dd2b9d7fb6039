/**
 * Reads a view database: with Prisma, and for the one table whose pages must be fast with statements of its own, which stay
 * prepared. Read only: nobody writes to a view but its projector.
 */
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import Database from 'better-sqlite3';
import { PrismaClient } from '#prisma/sqlite/client.ts';

/** What questions read from; each provider's client has the same models. */
export type Reading = PrismaClient & Rows;

export interface Rows {
  /** How statements of our own are to be written. */
  readonly dialect: 'sqlite' | 'postgresql';
  /** Rows of a statement as the database has them: in SQLite a boolean is 0 or 1. */
  rowsOf<Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
}

/** Statements that differ: one for each combination of filters. Those asked for longest ago are forgotten. */
const STATEMENTS_MAX = 200;

/** Opens at once, so that a file that is gone or broken shows here. `query` is told every statement. */
export async function openReading(file: string, query?: (sql: string) => void): Promise<Reading> {
  const adapter = new PrismaBetterSqlite3({ url: file, readonly: true, fileMustExist: true });
  const client = clientOf(adapter, query);
  await client.$connect();
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    const statement = statements.get(sql) ?? connection.prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    for (const oldest of statements.keys()) if (statements.size > STATEMENTS_MAX) statements.delete(oldest);
    return statement;
  };
  const rowsOf = async <Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    query?.(sql);
    return prepared(sql).all(...values) as Row[];
  };
  const disconnect = client.$disconnect.bind(client);
  const $disconnect = async (): Promise<void> => {
    connection.close();
    await disconnect();
  };
  return Object.assign(client, { dialect: 'sqlite' as const, rowsOf, $disconnect });
}

function clientOf(adapter: PrismaBetterSqlite3, query: ((sql: string) => void) | undefined): PrismaClient {
  if (query === undefined) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', (event) => query(event.query));
  return client;
}
