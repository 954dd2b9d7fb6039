/** Which file stands at a path: a second connection is of use only where it opens the very file that the first one did. */
import { statSync } from 'node:fs';

/** Null where there is none. */
export function fileMark(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}

export function sameFile(file: string, mark: string): boolean {
  return fileMark(file) === mark;
}
