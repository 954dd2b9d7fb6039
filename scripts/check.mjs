/** `npm run check`: every check, one line each; the output only of those that fail. Exits 1 where one did not hold. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const TS = ['--import', './scripts/ts.mjs'];

const FLOORS = ['apps', 'libs', 'module-emulator', 'test', 'scripts'];

const STEPS = [
  ['lint', 'node_modules/eslint/bin/eslint.js', '.'],
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['page types', 'node_modules/typescript/bin/tsc', '-p', 'apps/dashboard', '--noEmit'],
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

/** Side by side, and no more than the cores have room for: the longest first. */
const AT_ONCE = Math.min(2, availableParallelism());

let held = true;
const waiting = [...STEPS];
await Promise.all(Array.from({ length: AT_ONCE }, takeSteps));
process.exitCode = held ? 0 : 1;

async function takeSteps() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const [name, ...args] = step;
    const started = performance.now();
    const { output, code } = await run(args);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${name.padEnd(11)} ${code === 0 ? 'held' : 'DID NOT HOLD'}  ${seconds} s\n`);
    if (code !== 0) process.stdout.write(`${output.trimEnd().replace(/^/gm, '  ')}\n`);
    held &&= code === 0;
  }
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (code) => resolve({ output, code }));
  });
}
