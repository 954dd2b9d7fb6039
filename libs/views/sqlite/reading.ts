/** Reads a view database with Prisma. Read only: nobody writes to a view but its projector. */
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaClient } from '#prisma/sqlite/client.ts';

/** What questions read from; each provider's client has the same models. */
export type Reading = PrismaClient;

/** Opens at once, so that a file that is gone or broken shows here. */
export async function openReading(file: string, query?: (sql: string) => void): Promise<Reading> {
  const adapter = new PrismaBetterSqlite3({ url: file, readonly: true, fileMustExist: true });
  if (query === undefined) {
    const client = new PrismaClient({ adapter });
    await client.$connect();
    return client;
  }
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', (event) => query(event.query));
  await client.$connect();
  return client;
}
