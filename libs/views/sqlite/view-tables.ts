/** The tables of a view database on SQLite while it is made: founded without indexes, and made whole at the end. */
import { readFileSync } from 'node:fs';
import type Database from 'better-sqlite3';

export const DDL = readFileSync(new URL('../../../prisma/sqlite/views.sql', import.meta.url), 'utf8');

/** Tables first; indexes are made when the rows stand, which is faster than keeping them while a log is told. */
const [TABLES, INDEXES] = cut(DDL);

function cut(ddl: string): readonly [tables: string, indexes: string] {
  const at = ddl.indexOf('\nCREATE INDEX');
  return [ddl.slice(0, at), ddl.slice(at)];
}

/** Octets of a file that are read where they lie. */
const MAPPED = 2 ** 31 - 2 ** 16;

const TABLES_ONLY = 1;
/** Version of a file that was finished. */
export const WHOLE = 2;

/** Octets of a page of the index of words. Whoever begins deep in the log passes by the pages before, one by one. */
const WORDS_PAGE = 16_384;

type Connection = Database.Database;

/** In an empty file: without indexes or journal, safe against nothing; whoever is killed begins anew. */
export function foundTables(connection: Connection): void {
  connection.pragma('page_size = 8192');
  quicken(connection);
  connection.exec(TABLES);
  connection.exec(`INSERT INTO event_text (event_text, rank) VALUES ('pgsz', ${WORDS_PAGE})`);
  connection.pragma(`user_version = ${TABLES_ONLY}`);
}

/** For whoever makes a file, alone. */
export function quicken(connection: Connection): void {
  connection.pragma('journal_mode = OFF');
  connection.pragma('synchronous = OFF');
  connection.pragma('locking_mode = EXCLUSIVE');
  connection.pragma('cache_size = -65536');
}

/** Makes the indexes and brings everything into the one file, which can then be moved. */
export function makeWhole(connection: Connection): void {
  connection.pragma(`mmap_size = ${MAPPED}`); // each index reads the whole table: from the system's pages, not copies
  connection.exec(INDEXES);
  connection.pragma(`user_version = ${WHOLE}`);
}
