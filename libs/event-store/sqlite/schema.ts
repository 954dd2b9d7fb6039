/** The event file of the SQLite engine: its tables, the triggers that keep it append-only, and how it is opened. */
import type Database from 'better-sqlite3';
import { EventStoreError } from '../event-store.ts';

type Connection = Database.Database;

/** "KLED": whose file it is. The version rises with the tables. */
const APPLICATION_ID = 0x4b4c4544;
const SCHEMA_VERSION = 1;

/** The log beside the file is copied into it when it holds so much: later is cheaper, and whoever appends just then waits longer. */
const CHECKPOINT_OCTETS = 4_096_000;

const TABLES = [
  `CREATE TABLE log (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  revision INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  occurred_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  salt TEXT NOT NULL,
  data TEXT NOT NULL,
  metadata TEXT NOT NULL,
  entry BLOB NOT NULL CHECK (length(entry) = 32)
) STRICT`,
  `CREATE UNIQUE INDEX events_by_stream ON events (stream, revision)`,
  `CREATE UNIQUE INDEX events_by_id ON events (id, stream)`,
];

/** The third one also refuses INSERT OR REPLACE, which deletes without firing a DELETE trigger. */
const TRIGGERS = [
  `CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END`,
  `CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END`,
  `CREATE TRIGGER events_at_the_end BEFORE INSERT ON events
WHEN NEW.position IS NOT (SELECT coalesce(max(position), -1) + 1 FROM events)
  OR NEW.revision IS NOT (SELECT coalesce(max(revision), -1) + 1 FROM events WHERE stream = NEW.stream)
  OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id AND stream = NEW.stream)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END`,
  `CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END`,
  `CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END`,
  `CREATE TRIGGER log_no_replace BEFORE INSERT ON log WHEN EXISTS (SELECT 1 FROM log WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END`,
];

/** Makes an empty event file: called once on a connection to a file that is not in its place yet. */
export function found(connection: Connection, identity: string): void {
  connection.pragma('page_size = 4096'); // each stream's next revision lies on an index page of its own, which is written whole
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.transaction(() => {
    for (const statement of [...TABLES, ...TRIGGERS]) connection.exec(statement);
    connection.prepare('INSERT INTO log (name, value) VALUES (?, ?)').run('identity', identity);
    connection.pragma(`application_id = ${APPLICATION_ID}`);
    connection.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

/**
 * Readies a connection for writing. `synchronous` is set on EVERY open: the compiled default for WAL is
 * NORMAL, with which a power cut loses acknowledged events.
 */
export function prepareForWriting(connection: Connection): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  const pageSize = connection.pragma('page_size', { simple: true }) as number;
  connection.pragma(`wal_autocheckpoint = ${Math.floor(CHECKPOINT_OCTETS / pageSize)}`);
  connection.pragma('temp_store = MEMORY'); // what a statement may have to undo: a few pages, never a file for each insert
  connection.pragma('trusted_schema = OFF');
  const synchronous = connection.pragma('synchronous', { simple: true });
  if (synchronous !== 2)
    throw new EventStoreError('Unavailable', 'SQLite did not take synchronous=FULL; events would not be durable.');
}

/** Throws Corrupt unless the file is an event file whose tables and triggers are the ones it was founded with. */
export function requireOurs(connection: Connection): void {
  if (connection.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw new EventStoreError('Corrupt', 'The file is a SQLite database, but no event log.');
  const version = connection.pragma('user_version', { simple: true });
  if (version !== SCHEMA_VERSION)
    throw new EventStoreError(
      'Unsupported',
      `The event log has format ${String(version)}; this version reads format ${SCHEMA_VERSION}.`,
    );
}

/** What of tables, indexes and triggers is not as founded: their names, empty when all is. */
export function strangeSchema(connection: Connection): readonly string[] {
  const rows = connection
    .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all();
  const present = new Map((rows as { name: string; sql: string }[]).map(({ name, sql }) => [sql, name]));
  const expected = new Set([...TABLES, ...TRIGGERS]);
  const foreign = [...present].filter(([sql]) => !expected.has(sql)).map(([, name]) => name);
  const missing = [...expected]
    .filter((sql) => !present.has(sql))
    .map((sql) => /^CREATE (?:UNIQUE )?\w+ (\w+)/.exec(sql)?.[1] ?? sql);
  return [...new Set([...foreign, ...missing])];
}
