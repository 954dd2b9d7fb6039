/** One process per data folder: a lock database beside the event file, held until its holder closes or dies. */
import { closeSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { EventStoreError } from '../event-store.ts';
import { sqliteError } from './failure.ts';

export interface FolderLock {
  readonly release: () => void;
}

/**
 * Takes the lock at once or throws Unavailable. The lock is the operating system's on an open file, so
 * that a holder killed with -9 frees it and nothing stale is ever left to clean up.
 */
export function lockFolder(eventFile: string): FolderLock {
  const file = `${eventFile}.lock`;
  closeSync(openSync(file, 'a', 0o600));
  const connection = new Database(file, { timeout: 0 });
  try {
    connection.pragma('journal_mode = MEMORY');
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    connection.close();
    if (sqliteError(cause)?.startsWith('SQLITE_BUSY') !== true)
      throw new EventStoreError(
        'Unavailable',
        `The lock ${basename(file)} cannot be taken; remove that file if nothing else runs here.`,
        { cause },
      );
    throw new EventStoreError(
      'Unavailable',
      `Another process uses the data folder ${dirname(eventFile)}; stop that process, or choose another folder.`,
      { cause },
    );
  }
  return { release: () => connection.close() };
}
