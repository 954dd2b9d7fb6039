/** Style as a test: prints `path:line what` for every leftover, every file too long and every file nobody imports; exits 1 where it found any. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve } from 'node:path';

/** Published vectors are other people's: read in place beside the project where they are, and never copied into it. */
const READS_BESIDE = 'libs/seal/published-vectors.fixture.ts';

const LINES_MAX = 250;
const ROOT = resolve(import.meta.dirname, '..');
const NOT_OURS =
  /(^|\/)node_modules(\/|$)|^(\.git|data|coverage|package-lock\.json|prisma\/generated|apps\/dashboard\/dist|test\/(data|golden))(\/|$)/;
const TEXT = new Set(['', '.ts', '.tsx', '.css', '.html', '.mjs', '.json', '.md', '.graphql', '.txt', '.yml', '.asn1']);
const TEST = /\.(spec|long|fixture|harness)\.ts$|^test\//;
/** Written by scripts. */
const WRITTEN = /\.graphql\.ts$/;
const SHIPS = /^(apps|libs|module-emulator)\/.*\.tsx?$/;
const STARTED = /(^|\/)main\.tsx?$|\.(spec|long)\.ts$|\/vite\.config\.ts$/;

/** Written so that this file does not find itself. */
const LEFTOVERS: readonly (readonly [RegExp, string])[] = [
  [/\b(TO[D]O|FI[X]ME|X[X]X|HA[C]K)\b/, 'a leftover mark'],
  [/simplified[ ]for now/i, 'a leftover mark'],
  [/\b(it|test|describe)[.](only)\(/, 'a test that silences the others'],
  [/\b(it|test|describe)[.](skip|todo)\((?!`.*\(\$\{.*\}\)`)/, 'a test that does not run, and no reason in its title'],
  [/(^|[^\w.])[/](work|root)[/]/, 'a path of one machine'],
  [/[ \t]+$/, 'trailing space'],
  [/\t/, 'a tab'],
];

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

const sources = textFiles('.').map((path): Source => ({ path, lines: readFileSync(path, 'utf8').split('\n') }));
const imported = new Set(sources.flatMap(referencesOf));
const found = sources.flatMap((source) => [
  ...tooLong(source),
  ...leftovers(source),
  ...outside(source),
  ...dead(source),
]);

for (const line of found) console.log(line);
process.exitCode = found.length > 0 ? 1 : 0;

function textFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = relative('.', resolve(folder, entry.name));
    if (NOT_OURS.test(path)) return [];
    if (entry.isDirectory()) return textFiles(path);
    return TEXT.has(extname(path)) ? [path] : [];
  });
}

function tooLong({ path, lines }: Source): string[] {
  const isCode = ['.ts', '.tsx', '.css', '.mjs'].includes(extname(path)) && !TEST.test(path) && !WRITTEN.test(path);
  return isCode && lines.length - 1 > LINES_MAX ? [`${path}:${LINES_MAX + 1} longer than ${LINES_MAX} lines`] : [];
}

function leftovers({ path, lines }: Source): string[] {
  return lines.flatMap((line, index) =>
    LEFTOVERS.filter(([mark]) => mark.test(line)).map(([, what]) => `${path}:${index + 1} ${what}`),
  );
}

/** Quoted relative paths of one line, resolved against the file. */
function pathsOf(path: string, line: string): string[] {
  return [...line.matchAll(/'(\.\.?\/[^']*)'/g)].map(([, target = '']) => resolve(dirname(path), target));
}

function outside({ path, lines }: Source): string[] {
  if (path.endsWith(READS_BESIDE)) return [];
  return lines.flatMap((line, index) =>
    pathsOf(path, line).some((target) => !`${target}/`.startsWith(`${ROOT}/`))
      ? [`${path}:${index + 1} a path that leaves the repository`]
      : [],
  );
}

/** Everything a file names by a relative path or by `#…`: imports, forks, workers. */
function referencesOf({ path, lines }: Source): string[] {
  return lines.flatMap((line) => [
    ...pathsOf(path, line),
    ...[...line.matchAll(/'#([^']*)'/g)].map(([, target = '']) => resolve(target)),
  ]);
}

function dead({ path }: Source): string[] {
  const isDead = SHIPS.test(path) && !STARTED.test(path) && !imported.has(resolve(path));
  return isDead ? [`${path}:1 nobody imports ${basename(path)}`] : [];
}
