/** Other people's published vectors, read in place beside the project where they are; a spec without them says so. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe } from '@jest/globals';

const FOLDER = new URL('../../../shared/vectors/', import.meta.url);

export const vectorsPresent: boolean = existsSync(FOLDER);

/** `describe` where the vectors are; else a skip whose reason is printed. */
export function describeVectors(title: string, body: () => void): void {
  if (vectorsPresent) {
    describe(title, body);
    return;
  }
  const reason = 'the folder of published vectors is not beside the project';
  process.stderr.write(`  skipped: ${title}: ${reason}\n`);
  describe.skip(`${title} (${reason})`, body);
}

export function vectorText(path: string): string {
  return readFileSync(new URL(path, FOLDER), 'utf8');
}

export function vectorNames(folder: string): readonly string[] {
  return vectorsPresent ? readdirSync(new URL(folder, FOLDER)) : [];
}
