/** The PostgreSQL engine for the contract suite: a database of its own for each log, reached over a wire that can break. */
import { Client } from 'pg';
import { type PostgresServer, postgresMissing, startPostgres } from '#test/kit/postgres.ts';
import { tcpWire } from '#test/kit/tcp-wire.ts';
import type { Harness, RawAccess } from '../contract/harness.ts';
import type { EventStore } from '../event-store.ts';
import { foundPostgresLog } from './found.ts';
import { openPostgresStore } from './postgresql-store.ts';
import { openPostgresReadOnly } from './read-only.ts';

export const WRITER = 'keyledger_writer';
const CALL_MS = 2000;

let server: PostgresServer | null = null;
let databases = 0;

/** The server of this test file, started when it is first asked for. */
export async function theServer(): Promise<PostgresServer> {
  server ??= await startPostgres();
  return server;
}

/** A new database with a founded log: its superuser's address. */
export async function foundedLog(): Promise<string> {
  databases += 1;
  const owner = await (await theServer()).database(`log_${databases}`);
  await foundPostgresLog(owner, WRITER);
  return owner;
}

/** The address of the same database for another role, or over another port. */
export function addressFor(owner: string, { role = WRITER, port }: { role?: string; port?: number } = {}): string {
  const url = new URL(owner);
  url.username = role;
  if (port !== undefined) url.port = String(port);
  return url.href;
}

/** Runs statements as whoever the address names. */
export async function asRole(address: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export const postgresHarness: Harness = {
  missing: postgresMissing(),
  begin: async () => {
    await theServer();
  },
  end: async () => {
    await server?.close();
    server = null;
  },
  open: async () => {
    const owner = await foundedLog();
    const wire = await tcpWire((await theServer()).port);
    const opened: EventStore[] = [];
    const open = async (port?: number) => {
      const store = await openPostgresStore(addressFor(owner, port === undefined ? {} : { port }), { callMs: CALL_MS });
      opened.push(store);
      return store;
    };
    const dispose = async () => {
      wire.heal();
      for (const store of opened) await store.close();
      await wire.close();
    };
    const [reopen, another] = [() => open(wire.port), () => open()];
    return {
      store: await reopen(),
      reopen,
      another,
      stall: () => stalled(owner),
      wire,
      raw: rawAccess(owner),
      dispose,
    };
  },
  lacks: {},
};

/** Another writer that holds the tip, and then thinks better of it. */
async function stalled(owner: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: addressFor(owner) });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT * FROM keyledger.log_tip FOR UPDATE');
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}

const COPY =
  'type, schema_version, occurred_at, recorded_at, salt, data, metadata, entry FROM keyledger.events WHERE position = 1';
const GUARDS_OFF = ['events', 'log', 'log_tip'].map((table) => `ALTER TABLE keyledger.${table} DISABLE TRIGGER ALL`);

function rawAccess(owner: string): RawAccess {
  const asReplica = (statement: string) => `SET session_replication_role = replica; ${statement}`;
  return {
    refused: [
      "UPDATE keyledger.events SET data = '{}' WHERE position = 1",
      'DELETE FROM keyledger.events WHERE position = 2',
      'DELETE FROM keyledger.events',
      'TRUNCATE keyledger.events',
      'TRUNCATE keyledger.events, keyledger.log_tip, keyledger.log',
      asReplica("UPDATE keyledger.events SET data = '{}' WHERE position = 1"),
      asReplica('DELETE FROM keyledger.events'),
      asReplica('TRUNCATE keyledger.events'),
      "INSERT INTO keyledger.events SELECT 1, 'a-1', 0, 'a', " +
        COPY +
        " ON CONFLICT (position) DO UPDATE SET data = '{}'",
      `INSERT INTO keyledger.events SELECT 3, 'b-1', 0, 'a', ${COPY}`,
      `INSERT INTO keyledger.events SELECT 9, 'b-1', 0, 'a', ${COPY}`,
      `UPDATE keyledger.log_tip SET position = 3; INSERT INTO keyledger.events SELECT 3, 'b-1', 7, 'a', ${COPY}`,
      'UPDATE keyledger.log_tip SET position = 7',
      'UPDATE keyledger.log_tip SET position = 0',
      'DELETE FROM keyledger.log_tip',
      "UPDATE keyledger.log SET value = 'another'",
      'DELETE FROM keyledger.log',
      'TRUNCATE keyledger.log',
    ],
    run: (statement) => asRole(owner, [statement]),
    flipOctet: (position) =>
      asRole(owner, [
        ...GUARDS_OFF,
        `UPDATE keyledger.events SET data = replace(data, '1', '3') WHERE position = ${Number(position)}`,
      ]),
    removeTail: () =>
      asRole(owner, [
        ...GUARDS_OFF,
        'DELETE FROM keyledger.events WHERE position = (SELECT max(position) FROM keyledger.events)',
        'UPDATE keyledger.log_tip SET position = position - 1',
      ]),
    rows: async function* () {
      const reader = await openPostgresReadOnly(addressFor(owner));
      yield* reader.rows();
      await reader.close();
    },
  };
}
