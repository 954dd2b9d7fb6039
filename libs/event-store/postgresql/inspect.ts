/** What is looked at before a PostgreSQL log is trusted: its version, its guards, what its role may, and that it is durable. */
import { EventStoreError } from '../event-store.ts';
import { FUNCTIONS, SCHEMA_VERSION, TRIGGERS } from './schema.ts';
import type { Question } from './link.ts';

export type Ask = <Row extends object>(question: Question) => Promise<readonly Row[]>;

/** Throws Corrupt where there is no log, Unsupported where it is of another version. */
export async function requireOurs(ask: Ask): Promise<void> {
  const [there] = await ask<{ there: boolean }>({ text: "SELECT to_regclass('keyledger.log') IS NOT NULL AS there" });
  if (there?.there !== true)
    throw new EventStoreError(
      'Corrupt',
      'The database holds no event log; its owner founds one with: keyledger found-log --owner ADDRESS --role NAME.',
    );
  const [row] = await ask<{ value: string }>({ text: "SELECT value FROM keyledger.log WHERE name = 'version'" });
  if (row?.value !== SCHEMA_VERSION)
    throw new EventStoreError(
      'Unsupported',
      row?.value === '1'
        ? 'The event log has format 1; its owner raises it to format 2 with: keyledger found-log --owner ADDRESS --role NAME.'
        : `The event log has format ${String(row?.value)}; this version reads format ${SCHEMA_VERSION}.`,
    );
}

/** Throws Corrupt for altered guards, AccessDenied for a role that may do more or less than add, Unavailable for a server that forgets. */
export async function requireFit(ask: Ask): Promise<void> {
  const strange = await alterationsOf(ask);
  if (strange.length > 0)
    throw new EventStoreError(
      'Corrupt',
      `The event log was altered (${strange.join(', ')}); verify it and restore a backup.`,
    );
  const [may] = await ask<{ role: string; more: boolean; enough: boolean; fsync: string }>({ text: RIGHTS });
  if (may?.more !== false)
    throw new EventStoreError(
      'AccessDenied',
      `The role ${may?.role ?? ''} may change what is stored; write as the role that was named when the log was founded.`,
    );
  if (!may.enough)
    throw new EventStoreError(
      'AccessDenied',
      `The role ${may.role} may not add events; write as the role that was named when the log was founded.`,
    );
  if (may.fsync !== 'on')
    throw new EventStoreError(
      'Unavailable',
      'PostgreSQL runs with fsync off: what it acknowledges would not be durable.',
    );
}

const CHANGES = "'UPDATE, DELETE, TRUNCATE, TRIGGER'";

const RIGHTS = `SELECT current_user AS role,
  has_table_privilege('keyledger.events', ${CHANGES}) OR has_table_privilege('keyledger.log', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
    OR has_table_privilege('keyledger.log_tip', 'INSERT, DELETE, TRUNCATE, TRIGGER') AS more,
  has_table_privilege('keyledger.events', 'INSERT') AND has_column_privilege('keyledger.log_tip', 'position', 'UPDATE')
    AND has_column_privilege('keyledger.leases', 'epoch', 'UPDATE') AS enough,
  current_setting('fsync') AS fsync`;

/** Names of triggers and functions that are not as founded: missing, switched off, or with another body. */
export async function alterationsOf(ask: Ask): Promise<readonly string[]> {
  const rows = await ask<{ name: string; enabled: string; on: string; calls: string; body: string }>({ text: GUARDS });
  const wanted = Object.entries(TRIGGERS).map(([name, { table, calls }]) =>
    [name, 'A', table, calls, FUNCTIONS[calls] ?? ''].join('\n'),
  );
  const present = rows.map(({ name, enabled, on, calls, body }) => [name, enabled, on, calls, body].join('\n'));
  const names = (some: readonly string[]) => some.map((one) => one.split('\n')[0] ?? '');
  return [
    ...new Set([
      ...names(wanted.filter((one) => !present.includes(one))),
      ...names(present.filter((one) => !wanted.includes(one))),
    ]),
  ];
}

const GUARDS = `SELECT t.tgname AS name, t.tgenabled AS enabled, c.relname AS on, p.proname AS calls, p.prosrc AS body
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid
  WHERE c.relnamespace = 'keyledger'::regnamespace AND NOT t.tgisinternal`;
