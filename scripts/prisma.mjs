/**
 * Generates the Prisma clients of the views where models or schema changed: `prisma/generated/<provider>`.
 * One set of models serves every provider, and a schema may lie in one folder only, so it is put together there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROVIDERS = ['sqlite', 'postgresql'];

/** Whether every client is the one that models, schema and installed Prisma make. */
export function clientsAreFresh(root) {
  return PROVIDERS.every((provider) => {
    const stamp = stampFile(root, provider);
    return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted(root, provider);
  });
}

/** Runs `prisma generate` for each provider; null when all is well, else what it printed. */
export function generateClients(root, node) {
  for (const provider of PROVIDERS) {
    const place = join(root, 'prisma', 'generated', 'schemas', provider);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    for (const file of sources(root, provider)) cpSync(file, join(place, file.replace(/^.*[\\/]/, '')));
    const done = spawnSync(node, [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', place], {
      cwd: root,
      encoding: 'utf8',
      // No engine is needed to generate; without a path that exists the command would fetch one from the network.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: node,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    });
    if (done.status !== 0) return `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`;
    const stamp = stampFile(root, provider);
    writeFileSync(`${stamp}.${process.pid}`, wanted(root, provider));
    renameSync(`${stamp}.${process.pid}`, stamp);
  }
  return null;
}

function stampFile(root, provider) {
  return join(root, 'prisma', 'generated', provider, '.ready');
}

function sources(root, provider) {
  const models = join(root, 'prisma', 'models');
  const names = readdirSync(models).filter((name) => name.endsWith('.prisma'));
  return [...names.sort().map((name) => join(models, name)), join(root, 'prisma', provider, 'schema.prisma')];
}

function wanted(root, provider) {
  const hash = createHash('sha256');
  const versions = ['prisma', '@prisma/client'].map((name) => join(root, 'node_modules', name, 'package.json'));
  for (const file of [...sources(root, provider), ...versions]) hash.update(readFileSync(file)).update('\0');
  return `${hash.digest('hex')}\n`;
}
