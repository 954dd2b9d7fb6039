/** Goldens: reviewed files that a test must reproduce. `KEYLEDGER_GOLDENS=write` writes them anew; then read the diff. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';

const MODE = process.env['KEYLEDGER_GOLDENS'] === 'write' ? 'write' : 'compare';

/** Fails with a diff where the file says something else, or is not there. */
export function expectGolden(file: URL, text: string, mode: 'write' | 'compare' = MODE): void {
  const path = fileURLToPath(file);
  if (mode === 'write') writeFileSync(path, text);
  if (!existsSync(path)) throw new Error(`${path} is missing; write it with KEYLEDGER_GOLDENS=write and review it`);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
