/** `npm run check`: every check, one line each; the output only of those that fail. Exits 1 where one did not hold. */
import { spawn } from 'node:child_process';

const TS = ['--import', './scripts/ts.mjs'];

const FLOORS = ['apps', 'libs', 'module-emulator', 'test', 'scripts'];

const STEPS = [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['page types', 'node_modules/typescript/bin/tsc', '-p', 'apps/dashboard', '--noEmit'],
  ['lint', 'node_modules/eslint/bin/eslint.js', '.'],
  ['style', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  [
    'arrows',
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    ...FLOORS,
  ],
  ['tidy', ...TS, 'scripts/tidy.ts'],
  ['coverage', ...TS, 'scripts/coverage.ts', '--check'],
  ['pages', ...TS, 'scripts/pages.ts', '--check'],
  ['operations', ...TS, 'scripts/dashboard-operations.ts', '--check'],
];

let held = true;
for (const [name, ...args] of STEPS) {
  const started = performance.now();
  const { output, code } = await run(args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${name.padEnd(11)} ${code === 0 ? 'held' : 'DID NOT HOLD'}  ${seconds} s\n`);
  if (code !== 0) process.stdout.write(`${output.trimEnd().replace(/^/gm, '  ')}\n`);
  held &&= code === 0;
}
process.exitCode = held ? 0 : 1;

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (code) => resolve({ output, code }));
  });
}
