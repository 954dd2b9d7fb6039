/** What the README tells a script to do, done: the very block, by a shell, beside a platform of real processes. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Command, keyledger, temporaryFolder } from './real-processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { folder, drop } = temporaryFolder();
const place = mkdtempSync(join(tmpdir(), 'kl-readme-'));
const missing = ['curl', 'jq', 'openssl', 'bash'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
let house: Command;
let url = '';

beforeAll(async () => {
  if (missing.length > 0) return;
  const { promise, resolve } = Promise.withResolvers<string>();
  house = keyledger({
    args: ['start', '--no-story', '--json', '--baud', '0'],
    environment: { KEYLEDGER_DATA: folder, PORT: '0' },
    onLine: ({ serving }) => (serving === undefined ? undefined : resolve(serving)),
  });
  url = await promise;
  for (const name of [
    'package.json',
    'scripts',
    'apps',
    'libs',
    'module-emulator',
    'node_modules',
    'test',
    'prisma',
    'tsconfig.json',
  ])
    symlinkSync(join(ROOT, name), join(place, name));
}, 180_000);

afterAll(async () => {
  house?.child.kill('SIGTERM');
  await house?.ended;
  rmSync(place, { recursive: true, force: true });
  drop();
});

test(`S29b the README's script personalizes a module and has its certificate${missing.length === 0 ? '' : ` (left out: no ${missing.join(', ')} here)`}`, async () => {
  if (missing.length > 0) return;
  const [, script = ''] =
    /## From a script[^]*?```sh\n([^]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: place,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, KEYLEDGER_DATA: folder, URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => shell.once('close', resolve));
  expect([code, said]).toEqual([0, expect.stringContaining('KL-000102')]);
  expect(said.match(/"__typename":"Receipt"/g)).toHaveLength(3);
  expect(new X509Certificate(readFileSync(join(place, 'certificate.pem'))).subject).toContain('serialNumber=KL-000102');
}, 300_000);
