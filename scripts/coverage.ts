/** Writes docs/coverage.md: which tests show which requirement, by the ids in their titles. `--check` fails where it is stale. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

interface Requirement {
  readonly id: string;
  readonly paragraph: number;
  readonly requirement: string;
}

interface Title {
  readonly file: string;
  readonly title: string;
}

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = '{apps,libs,module-emulator,test}';
const TARGET = resolve(ROOT, 'docs/coverage.md');
const TELLERS = new Set(['it', 'test', 'describe']);
const NOT_RUN = new Set(['skip', 'todo', 'failing']);

const requirements = JSON.parse(readFileSync(resolve(ROOT, 'scripts/requirements.json'), 'utf8')) as Requirement[];
const titles = globSync(`${FOLDERS}/**/*.{spec,long}.ts`, { cwd: ROOT }).sort().flatMap(titlesOf);
const unknown = titles.filter(({ title }) => idsOf(title).some((id) => !requirements.some((row) => row.id === id)));

for (const { file, title } of unknown) console.error(`${file}: no such requirement: ${title}`);
if (unknown.length > 0) process.exitCode = 1;
else if (process.argv.includes('--check')) check(page());
else write(page());

function check(text: string): void {
  if (text === present()) return;
  console.error('docs/coverage.md is stale: run npm run coverage');
  process.exitCode = 1;
}

function write(text: string): void {
  mkdirSync(dirname(TARGET), { recursive: true });
  writeFileSync(TARGET, text);
}

function present(): string | null {
  try {
    return readFileSync(TARGET, 'utf8');
  } catch {
    return null;
  }
}

function idsOf(title: string): string[] {
  return title.match(/\bS\d\d[a-z]\b/g) ?? [];
}

/** Titles of the tests of one file that run, in their order; what is skipped shows nothing. */
function titlesOf(file: string): Title[] {
  const source = ts.createSourceFile(file, readFileSync(resolve(ROOT, file), 'utf8'), ts.ScriptTarget.Latest);
  const found: Title[] = [];
  const visit = (node: ts.Node): void => {
    const names = ts.isCallExpression(node) ? namesOf(node.expression) : [];
    if (TELLERS.has(names[0] ?? '') && names.some((name) => NOT_RUN.has(name))) return;
    if (ts.isCallExpression(node) && TELLERS.has(names[0] ?? '')) found.push(...titleOf(node, source, file));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The words of a callee: `test.each(rows)` is test, each. */
function namesOf(callee: ts.Expression): string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) return [...namesOf(callee.expression), callee.name.text];
  if (ts.isCallExpression(callee)) return namesOf(callee.expression);
  if (ts.isTaggedTemplateExpression(callee)) return namesOf(callee.tag);
  return [];
}

function titleOf(call: ts.CallExpression, source: ts.SourceFile, file: string): Title[] {
  const [first] = call.arguments;
  if (first === undefined) return [];
  if (ts.isStringLiteralLike(first)) return [{ file, title: first.text }];
  return ts.isTemplateExpression(first) ? [{ file, title: first.getText(source).slice(1, -1) }] : [];
}

function page(): string {
  const shown = requirements.filter(({ id }) => testsOf(id).length > 0);
  const rows = requirements.map(
    ({ id, requirement }) => `| ${id} | ${requirement} | ${testsOf(id).join('<br>') || '**open**'} |`,
  );
  return [
    `${shown.length} of ${requirements.length} requirements are shown by a test, ${requirements.length - shown.length} open.`,
    '',
    'Written by `npm run coverage` from the ids in the titles of the tests.',
    '',
    '| id | requirement | tests |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function testsOf(id: string): string[] {
  const mine = titles.filter(({ title }) => idsOf(title).includes(id));
  return mine.map(({ file, title }) => `${file}: ${title.replaceAll('|', '\\|').replaceAll('<', '&lt;')}`);
}
