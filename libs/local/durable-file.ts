/** A file that is replaced whole or not at all, and lies on the disk before the call returns. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** The octets of the file, or null where there is none. */
export function readWhole(file: string): Uint8Array | null {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Temporary file, fsync, rename, fsync of the folder. The folder is made with mode 0700 when missing. */
export function replaceWhole(file: string, octets: Uint8Array): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.next`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    let written = 0;
    while (written < octets.length) written += writeSync(handle, octets, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // NTFS journals the rename; a folder cannot be opened there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
