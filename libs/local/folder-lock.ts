/** One process per folder: a lock database in it, held until its holder closes or dies. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';

export interface FolderLock {
  readonly release: () => void;
}

/** How long a start waits for a predecessor that was killed and has not ended yet, milliseconds. */
export const PREDECESSOR_MS = 3000;

/** Another process holds the lock, or it cannot be taken at all; its message is one sentence for whoever starts. */
export class FolderBusy extends Error {
  readonly code = 'FOLDER_BUSY';
}

/**
 * Takes the lock file, waiting `waitMs` at most for its holder, or throws FolderBusy. The lock is the operating
 * system's on an open file, so that a holder killed with -9 frees it and nothing stale is ever left to clean up.
 * The folder is made with mode 0700 where there is none.
 */
export function lockFolder(lockFile: string, waitMs = 0): FolderLock {
  const folder = dirname(lockFile);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(lockFile, 'a', 0o600));
  } catch (cause) {
    throw new FolderBusy(`The data folder ${folder} ${reasonOf(cause)}.`, { cause });
  }
  const connection = new Database(lockFile, { timeout: waitMs });
  try {
    connection.pragma('journal_mode = MEMORY');
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    connection.close();
    const message = isBusy(cause)
      ? `Another process uses the data folder ${folder}; stop that process, or choose another folder.`
      : `The lock ${basename(lockFile)} cannot be taken; remove that file if nothing else runs here.`;
    throw new FolderBusy(message, { cause });
  }
  return { release: () => connection.close() };
}

function reasonOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'an unknown error';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'cannot be used, the disk is full; make room first';
  if (['EROFS', 'EACCES', 'EPERM'].includes(code))
    return 'may not be written; choose another, or let this user write there';
  return `cannot be used (${code}); see folder and disk`;
}

function isBusy(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && String(cause.code).startsWith('SQLITE_BUSY');
}
