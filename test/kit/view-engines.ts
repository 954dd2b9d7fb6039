/** The databases that keep views, for what must be the same on all of them: a place for views, its rows, and how it is read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openPostgresReading } from '#libs/views/postgresql/reading.ts';
import { ViewSchema, prepareViews } from '#libs/views/postgresql/view-schema.ts';
import { type Reading, openReading } from '#libs/views/sqlite/reading.ts';
import { ViewFolder } from '#libs/views/sqlite/view-folder.ts';
import { VIEWS } from '#libs/views/views.ts';
import type { ViewPlace } from '#libs/views/view-store.ts';
import { foundPostgresViews } from '#libs/views/postgresql/found.ts';
import { type PostgresServer, postgresMissing, startPostgres } from './postgres.ts';
import { type Rows, viewRows } from './view-rows.ts';

export interface ViewsHere {
  readonly place: ViewPlace;
  readonly openReading: (query?: (sql: string) => void) => Promise<Reading>;
  readonly rows: () => Promise<Rows>;
}

export interface ViewEngine {
  readonly name: 'sqlite' | 'postgresql';
  /** Why it cannot be had here; null where it can. */
  readonly missing: string | null;
  /** An empty place of its own. */
  readonly make: () => Promise<ViewsHere>;
  readonly end: () => Promise<void>;
}

const KEEPER = 'keyledger_views_keeper';

function sqlite(): ViewEngine {
  const folder = mkdtempSync(join(tmpdir(), 'kl-views-'));
  let places = 0;
  return {
    name: 'sqlite',
    missing: null,
    make: () => {
      const place = new ViewFolder(join(folder, String((places += 1))));
      const rows = () => Promise.resolve(viewRows(place.file));
      return Promise.resolve({
        place,
        openReading: (query) => openReading(place.file, query === undefined ? {} : { query }),
        rows,
      });
    },
    end: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  };
}

function postgresql(): ViewEngine {
  let server: PostgresServer | null = null;
  return {
    name: 'postgresql',
    missing: postgresMissing(),
    make: async () => {
      server ??= await startPostgres();
      const address = await viewDatabase(server);
      await prepareViews(address);
      const place = new ViewSchema(address);
      return {
        place,
        openReading: (query) => openPostgresReading(address, place.file, query),
        rows: () => postgresRows(address, place.file),
      };
    },
    end: async () => server?.close(),
  };
}

let databases = 0;

/** A new database for views, and its keeper's address. */
export async function viewDatabase(server: PostgresServer): Promise<string> {
  const owner = await server.database(`views_${(databases += 1)}_${process.pid}`);
  await foundPostgresViews(owner, KEEPER);
  const address = new URL(owner);
  address.username = KEEPER;
  return address.href;
}

async function postgresRows(address: string, schema: string): Promise<Rows> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    const tables: [string, Record<string, unknown>[]][] = [];
    for (const [name, key] of [...VIEWS.map((view) => [view.name, view.key]), ['progress', 'id']]) {
      const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${schema}.${name} ORDER BY "${key}"`);
      tables.push([String(name), rows.map(({ words: _gatheredLater, ...row }) => plain(row))]);
    }
    return Object.fromEntries(tables);
  } finally {
    await client.end();
  }
}

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, typeof cell === 'boolean' ? Number(cell) : cell]),
  );
}

/** Each engine; what is left out is said once. */
export const VIEW_ENGINES: readonly ViewEngine[] = [sqlite(), postgresql()];
for (const { name, missing } of VIEW_ENGINES)
  if (missing !== null) process.stderr.write(`  views on ${name} were left out: ${missing}\n`);
