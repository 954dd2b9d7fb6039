/** Builds the dashboard where its sources, its packages or its build changed: `apps/dashboard/dist`, two seconds, never at request time. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOME = ['apps', 'dashboard'];
const NOT_SOURCES = new Set(['dist']);

/** Whether the built files are those that the sources make. */
export function dashboardIsFresh(root) {
  const stamp = stampFile(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted(root);
}

/** Null when all is well, else what the build printed. */
export function buildDashboard(root, node) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const done = spawnSync(node, [vite, 'build', '--logLevel=error', join(root, ...HOME)], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (done.status !== 0) return `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`;
  const stamp = stampFile(root);
  writeFileSync(`${stamp}.${process.pid}`, wanted(root));
  renameSync(`${stamp}.${process.pid}`, stamp);
  return null;
}

function stampFile(root) {
  return join(root, ...HOME, 'dist', '.ready');
}

function wanted(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const file of filesIn(join(root, ...HOME)))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, ...HOME, file)))
      .update('\0');
  return `${hash.digest('hex')}\n`;
}

function filesIn(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter((entry) => below !== '' || !NOT_SOURCES.has(entry.name))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesIn(folder, path) : [path];
    })
    .sort();
}
