/** SQLite's errors in the words of the port. */
import { EventStoreError, isEventStoreError } from '../event-store.ts';

/** The extended result code, as SQLITE_IOERR_FSYNC; undefined for what is no SQLite error. */
export function sqliteError(error: unknown): string | undefined {
  const code = codeOf(error);
  return code?.startsWith('SQLITE_') === true ? code : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const READINGS: readonly {
  readonly begins: string;
  readonly as: 'Corrupt' | 'AccessDenied' | 'Unavailable';
  readonly says: string;
}[] = [
  { begins: 'SQLITE_NOTADB', as: 'Corrupt', says: 'is no event log; restore it from a backup or name the right file' },
  { begins: 'SQLITE_CORRUPT', as: 'Corrupt', says: 'is damaged; keep it for examination and restore a backup' },
  { begins: 'SQLITE_FULL', as: 'Unavailable', says: 'cannot grow, the disk is full; nothing of this group was stored' },
  { begins: 'SQLITE_READONLY', as: 'AccessDenied', says: 'may not be written by this user' },
  { begins: 'SQLITE_PERM', as: 'AccessDenied', says: 'may not be opened by this user' },
  {
    begins: 'SQLITE_CANTOPEN',
    as: 'Unavailable',
    says: 'cannot be opened; see that the folder exists and may be read',
  },
  { begins: 'SQLITE_IOERR', as: 'Unavailable', says: 'cannot be read or written; see the disk' },
  { begins: 'EACCES', as: 'AccessDenied', says: 'may not be opened by this user' },
  { begins: 'EPERM', as: 'AccessDenied', says: 'may not be opened by this user' },
  { begins: 'EROFS', as: 'AccessDenied', says: 'stands on a file system that may not be written' },
  { begins: 'ENOSPC', as: 'Unavailable', says: 'finds no room, the disk is full' },
  { begins: 'SQLITE_BUSY', as: 'Unavailable', says: 'is held by another program; stop it' },
];

/** One clear sentence for an error of SQLite or of the file system at a file; a defect as it is. */
export function asEventStoreError(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (code === undefined || isEventStoreError(error)) return error;
  const reading = READINGS.find(({ begins }) => code.startsWith(begins));
  if (reading === undefined && sqliteError(error) === undefined) return error;
  const [as, says] =
    reading === undefined ? (['Unavailable', `failed with ${code}`] as const) : [reading.as, reading.says];
  return new EventStoreError(as, `The event file ${file} ${says}.`, { cause: error });
}
