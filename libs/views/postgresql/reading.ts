/** Reads the views of a PostgreSQL server: with Prisma, and for the one table whose pages must be fast with statements of its own. Read only. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { PostgresAddress } from '#libs/event-store/postgresql/address.ts';
import { PrismaClient } from '#prisma/postgresql/client.ts';
import type { Reading } from '../sqlite/reading.ts';
import { ViewLink } from './view-link.ts';

const CONNECTIONS_MAX = 4;
const ANSWER_MS = 15_000;
/** Nobody writes to a view but its projector, by mistake neither. */
const READ_ONLY = 'SET default_transaction_read_only = on';

/** Of one schema. `query` is told every statement. */
export async function openPostgresReading(
  address: PostgresAddress,
  schema: string,
  query?: (sql: string) => void,
): Promise<Reading> {
  const pool = {
    connectionString: address,
    max: CONNECTIONS_MAX,
    application_name: 'keyledger asks views',
    options: '-c default_transaction_read_only=on',
    connectionTimeoutMillis: ANSWER_MS,
  };
  const client = clientOf(new PrismaPg(pool, { schema }), query);
  await client.$connect();
  const first = [READ_ONLY, `SET search_path = ${schema}`];
  const links = Array.from({ length: CONNECTIONS_MAX }, () => new ViewLink(address, { purpose: 'asks views', first }));
  const rowsOf = <Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    query?.(text);
    let at = 0;
    const numbered = text.replace(/\?/g, () => `$${(at += 1)}`);
    const link = links.reduce((least, one) => (one.busy < least.busy ? one : least));
    return link.ask<Row & object>({ text: numbered, values }, ANSWER_MS);
  };
  const disconnect = client.$disconnect.bind(client);
  const $disconnect = async (): Promise<void> => {
    await Promise.all(links.map((link) => link.close()));
    await disconnect();
  };
  const reading: unknown = Object.assign(client, { dialect: 'postgresql' as const, rowsOf, rowsIn: null, $disconnect });
  return reading as Reading; // its models are the same files; a spec asks both for every column of every one
}

function clientOf(adapter: PrismaPg, query: ((sql: string) => void) | undefined): PrismaClient {
  if (query === undefined) return new PrismaClient({ adapter });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', (event) => query(event.query));
  return client;
}
