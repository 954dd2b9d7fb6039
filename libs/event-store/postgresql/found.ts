/** Founds an event log in a database, once, by its owner: tables, guards, and the rights of the role that will write. An older one is raised. */
import { uuidv7 } from '#libs/kernel/ids.ts';
import { EventStoreError } from '../event-store.ts';
import type { PostgresAddress } from './address.ts';
import { asEventStoreError, sqlState } from './failure.ts';
import { Link } from './link.ts';
import { SCHEMA_VERSION, TABLES, grantsTo, guards, raisedTo2 } from './schema.ts';

const FOUND_MS = 30_000;
/** A log that was founded before there were leases. */
const OLD_FORMAT =
  "SELECT to_regclass('keyledger.log') IS NOT NULL AND to_regclass('keyledger.leases') IS NULL AS found";
const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * `owner` is the address of whoever may make a schema there; `role` the name of the writing role, made without a
 * password where there is none. All or nothing. A log of format 1 gets what format 2 has more. Throws AccessDenied, Unavailable, and Unsupported where a log stands already.
 */
export async function foundPostgresLog(owner: PostgresAddress, role: string): Promise<void> {
  if (!ROLE.test(role))
    throw new EventStoreError('Unsupported', 'The writing role is named in small letters, digits and underscores.');
  const link = new Link(owner, { purpose: 'founding' });
  const ask = (text: string, values: readonly unknown[] = []) =>
    link.ask<{ found: boolean }>({ text, values }, FOUND_MS);
  try {
    await ask('BEGIN');
    const [roles] = await ask('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS found', [role]);
    if (roles?.found !== true) await ask(`CREATE ROLE ${role} LOGIN`);
    const [version] = await ask(OLD_FORMAT);
    if (version?.found === true) {
      for (const statement of raisedTo2(role)) await ask(statement);
      await ask('COMMIT');
      return;
    }
    for (const statement of [...TABLES, ...guards()]) await ask(statement);
    const log = Object.entries({ identity: uuidv7(), version: SCHEMA_VERSION });
    for (const one of log) await ask('INSERT INTO keyledger.log (name, value) VALUES ($1, $2)', one);
    await ask('INSERT INTO keyledger.log_tip (epoch, position) VALUES (0, -1)');
    for (const grant of grantsTo(role)) await ask(grant);
    await ask('COMMIT');
  } catch (error) {
    if (sqlState(error) === '42P06')
      throw new EventStoreError('Unsupported', 'An event log stands in this database already; it is founded once.');
    throw asEventStoreError(error, owner);
  } finally {
    await link.close(FOUND_MS);
  }
}
