/** Opens an event file to look only: beside a running writer, after it, or from a copy of the one file somewhere else. */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { EventStoreError, type ReadAll, type ReadStream } from '../event-store.ts';
import type { LogReader } from '../log-reader.ts';
import type { LogRow } from '../log-row.ts';
import { asEventStoreError, sqliteError } from './failure.ts';
import { rawRows } from './raw-rows.ts';
import { SqliteReads } from './reads.ts';
import { requireOurs, strangeSchema } from './schema.ts';

/** Throws Unavailable where there is no file, Corrupt where it is no event log. Takes no lock and changes nothing. */
export async function openSqliteReadOnly(file: string): Promise<SqliteReader> {
  if (!existsSync(file)) throw new EventStoreError('Unavailable', `There is no event file ${file}.`);
  try {
    return await Promise.resolve(openInPlace(file) ?? openCopy(file));
  } catch (error) {
    throw asEventStoreError(error, file);
  }
}

function openChecked(file: string): Database.Database {
  const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    connection.pragma('trusted_schema = OFF');
    requireOurs(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Null where SQLite needs to write beside the file and may not: a folder mounted read-only. */
function openInPlace(file: string): SqliteReader | null {
  try {
    return new SqliteReader(openChecked(file), () => undefined);
  } catch (error) {
    const code = sqliteError(error) ?? '';
    if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) return null;
    throw error;
  }
}

function openCopy(file: string): SqliteReader {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-read-'));
  const drop = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const copy = join(folder, basename(file));
    copyFileSync(file, copy);
    if (isFile(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return new SqliteReader(openChecked(copy), drop);
  } catch (error) {
    drop();
    throw error;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

export class SqliteReader implements LogReader {
  readonly #connection: Database.Database;
  readonly #reads: SqliteReads;
  readonly #closed: () => void;

  constructor(connection: Database.Database, closed: () => void) {
    this.#connection = connection;
    this.#reads = new SqliteReads(connection);
    this.#closed = closed;
  }

  async identity(): Promise<string> {
    return Promise.resolve(this.#reads.identity());
  }

  async head(): Promise<Position | null> {
    return Promise.resolve(this.#reads.head());
  }

  async streamHead(stream: string): Promise<Revision | null> {
    return Promise.resolve(this.#reads.streamHead(stream));
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.#reads.readStream(stream, options);
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.#reads.readAll(options);
  }

  /** Every row with its stored entry, for a verifier; damage is told row by row and never thrown. */
  rows(): AsyncIterable<LogRow> {
    return rawRows(this.#connection);
  }

  /** A whole copy of the file as it is at some moment during the call, beside a running writer too. */
  async copyTo(file: string, progress: (pages: number, total: number) => void): Promise<void> {
    await this.#connection.backup(file, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages);
        return 1000;
      },
    });
    chmodSync(file, 0o600);
  }

  /** Names of tables, indexes and triggers that are not as founded; a log whose triggers were dropped says so here. */
  async alterations(): Promise<readonly string[]> {
    return Promise.resolve(strangeSchema(this.#connection));
  }

  async close(): Promise<void> {
    this.#connection.close();
    this.#closed();
    return Promise.resolve();
  }
}
