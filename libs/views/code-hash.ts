/** Names the views by the tables and the code that made them: whoever changes a fold need not remember to say so. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Of the tables and of all that makes rows; 24 hexadecimal digits. */
export function codeHash(ddl: string): string {
  const hash = createHash('sha256').update(ddl);
  const libs = join(import.meta.dirname, '..');
  for (const folder of ['views', 'domain'])
    for (const file of sourcesIn(join(libs, folder))) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 24);
}

/** What only keeps or reads rows. */
const OTHERS = ['sqlite', 'postgresql', 'questions'];

function sourcesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return OTHERS.includes(entry.name) ? [] : sourcesIn(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts') ? [path] : [];
  });
}
