/** Opens an event file for its one writer, founding it where there is none. */
import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { FolderBusy, type FolderLock, lockFolder } from '#libs/local/folder-lock.ts';
import { EventStoreError } from '../event-store.ts';
import { asEventStoreError } from './failure.ts';
import { found, prepareForWriting, requireOurs, strangeSchema } from './schema.ts';

export interface OpenFile {
  readonly connection: Database.Database;
  readonly lock: FolderLock;
}

/** Throws Unavailable (folder absent or used by another process), Corrupt, Unsupported or AccessDenied. */
export function openFile(named: string, waitMs = 0): OpenFile {
  const file = realPlace(named);
  const lock = lockBeside(file, waitMs);
  try {
    if (!existsSync(file)) foundFile(file);
    return { connection: openFounded(file), lock };
  } catch (error) {
    lock.release();
    throw asEventStoreError(error, file);
  }
}

function lockBeside(file: string, waitMs: number): FolderLock {
  try {
    return lockFolder(`${file}.lock`, waitMs);
  } catch (cause) {
    throw cause instanceof FolderBusy ? new EventStoreError('Unavailable', cause.message, { cause }) : cause;
  }
}

/** The file's one true path, so that two names of a folder meet at the same lock. */
export function realPlace(file: string): string {
  try {
    return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
  } catch (cause) {
    throw new EventStoreError('Unavailable', `The folder ${dirname(file)} does not exist; make it first.`, { cause });
  }
}

/** The file appears whole under its name or not at all: a cut-off beginning never looks like an empty log. */
function foundFile(file: string): void {
  const begun = `${file}.new`;
  for (const left of [begun, `${begun}-wal`, `${begun}-shm`]) rmSync(left, { force: true });
  closeSync(openSync(begun, 'wx', 0o600));
  const connection = new Database(begun);
  try {
    found(connection, uuidv7());
  } finally {
    connection.close();
  }
  syncPath(begun);
  renameSync(begun, file);
  syncPath(dirname(file));
}

function openFounded(file: string): Database.Database {
  const connection = new Database(file, { fileMustExist: true, timeout: 5000 });
  try {
    requireOurs(connection);
    requireReadable(connection);
    prepareForWriting(connection);
    const strange = strangeSchema(connection);
    if (strange.length > 0)
      throw new EventStoreError(
        'Corrupt',
        `The event file ${file} was altered (${strange.join(', ')}); verify it and restore a backup.`,
      );
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Touches both tables, so that a file whose roots are gone is told now and not at the first append. */
function requireReadable(connection: Database.Database): void {
  const identity: unknown = connection.prepare("SELECT value FROM log WHERE name = 'identity'").pluck().get();
  connection.prepare('SELECT * FROM events ORDER BY position DESC LIMIT 1').get();
  if (typeof identity !== 'string')
    throw new EventStoreError('Corrupt', 'The event file has lost its identity; restore it from a backup.');
}

function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
