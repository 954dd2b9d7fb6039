/**
 * Where the views lie on a PostgreSQL server: a schema, named by the tables and the code that made them. Another is built beside
 * it and renamed into its place; those of other code are dropped when nobody has written them for a while.
 */
import { EventStoreError } from '#libs/event-store/event-store.ts';
import { type PostgresAddress, shownAddress } from '#libs/event-store/postgresql/address.ts';
import { asEventStoreError, sqlState } from '#libs/event-store/postgresql/failure.ts';
import { codeHash } from '../code-hash.ts';
import { type ViewPlace, ViewsAway } from '../view-store.ts';
import { DDL, TABLES } from './tables.ts';
import { LEASES, type Turn, ViewDatabase } from './view-database.ts';
import { ViewLink } from './view-link.ts';

const PREFIX = 'keyledger_views_';
const BUILDING = '_building';
/** Another version of the program may still serve from its own. */
const FORGOTTEN = "interval '10 minutes'";

const LEASE_TABLE =
  `CREATE TABLE IF NOT EXISTS ${LEASES} (name text COLLATE "C" PRIMARY KEY, epoch bigint NOT NULL, holder text NOT NULL,` +
  ' until timestamptz NOT NULL, position text COLLATE "C")';

export class ViewSchema implements ViewPlace {
  readonly file: string;
  readonly #address: PostgresAddress;
  readonly #turn: Turn | null;

  /** `turn`: whose it is to write; null for whoever is alone, or only looks. */
  constructor(address: PostgresAddress, turn: Turn | null = null, hash: string = codeHash(DDL)) {
    this.#address = address;
    this.#turn = turn;
    this.file = `${PREFIX}${hash}`;
  }

  /** Throws ViewsAway while the server does not answer. */
  async open(): Promise<ViewDatabase | null> {
    const link = this.#link('writes views');
    const text = `SELECT to_regclass('${this.file}.progress') IS NOT NULL AS there`;
    try {
      const [row] = await link.ask<{ there: boolean }>({ text });
      if (row?.there === true) return this.#database(link, this.file);
    } catch (error) {
      await link.close();
      throw error;
    }
    await link.close();
    return null;
  }

  async begin(): Promise<ViewDatabase> {
    const [link, schema] = [this.#link('builds views'), `${this.file}${BUILDING}`];
    try {
      await link.together(async (ask) => {
        await ask({ text: `DROP SCHEMA IF EXISTS ${schema} CASCADE` });
        await ask({ text: `CREATE SCHEMA ${schema}` });
        for (const text of TABLES) await ask({ text: text.replace('CREATE TABLE ', `CREATE TABLE ${schema}.`) });
      });
      return this.#database(link, schema);
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  async switchTo(): Promise<void> {
    const link = this.#link('switches views');
    try {
      const others = await link.ask<{ name: string }>({ text: OTHERS, values: [PREFIX, this.file] });
      await link.together(async (ask) => {
        await ask({ text: `DROP SCHEMA IF EXISTS ${this.file} CASCADE` });
        await ask({ text: `ALTER SCHEMA ${this.file}${BUILDING} RENAME TO ${this.file}` });
      });
      for (const { name } of others) await link.ask({ text: `DROP SCHEMA IF EXISTS ${name} CASCADE` });
    } finally {
      await link.close();
    }
  }

  /** What stands there is asked for with each statement; a schema that is gone shows then. */
  identity(): string {
    return this.file;
  }

  #link(purpose: string): ViewLink {
    return new ViewLink(this.#address, { purpose });
  }

  #database(link: ViewLink, schema: string): ViewDatabase {
    return new ViewDatabase({ link, schema, turn: this.#turn });
  }
}

const OTHERS =
  'SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, $1) AND NOT starts_with(nspname, $2)' +
  ` AND NOT EXISTS (SELECT FROM ${LEASES} WHERE starts_with(nspname, name) AND until > clock_timestamp() - ${FORGOTTEN})`;

const RIGHTS = `SELECT r.rolname AS role, r.rolsuper OR r.rolcreaterole OR r.rolbypassrls AS more,
  has_database_privilege(current_database(), 'CREATE') AS enough,
  to_regclass('keyledger.events') IS NOT NULL AND has_schema_privilege('keyledger', 'USAGE') AS log
  FROM pg_roles AS r WHERE r.rolname = current_user`;

/** Looks once at what the role may, and makes the table of leases. Throws AccessDenied or Unavailable, one sentence each. */
export async function prepareViews(address: PostgresAddress): Promise<void> {
  const link = new ViewLink(address, { purpose: 'prepares views' });
  const where = `the view database at ${shownAddress(address)}`;
  try {
    const [may] = await link.ask<{ role: string; more: boolean; enough: boolean; log: boolean }>(
      { text: RIGHTS },
      10_000,
    );
    const why =
      may === undefined || may.more
        ? 'may do more than keep views; give them a role of their own'
        : may.log
          ? 'may read the event log there as well; give the views a role, or a database, of their own'
          : may.enough
            ? null
            : 'may make no schema there; its owner grants it CREATE on that database';
    if (why !== null)
      throw new EventStoreError(
        'AccessDenied',
        `The role ${may?.role ?? ''} of ${where} ${why} (keyledger found-views).`,
      );
    for (const text of ['CREATE SCHEMA IF NOT EXISTS keyledger_views', LEASE_TABLE])
      await link.ask({ text }).catch(unlessMade);
  } catch (error) {
    if (error instanceof ViewsAway) throw new EventStoreError('Unavailable', error.message, { cause: error });
    throw asEventStoreError(error, address);
  } finally {
    await link.close();
  }
}

/** Another process made it in the same moment. */
function unlessMade(error: unknown): void {
  if (!['23505', '42P06', '42P07'].includes(sqlState(error) ?? '')) throw error;
}
