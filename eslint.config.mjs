/** What the code may not say. The restricted words (time, chance, environment, console) each have one permitted file. */
import tseslint from 'typescript-eslint';

const TESTS = [
  '**/*.spec.ts',
  '**/*.long.ts',
  '**/*.fixture.ts',
  '**/*.harness.ts',
  'libs/event-store/contract/**',
  'test/**',
];

const TIME = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time comes from libs/kernel/clock.ts.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time comes from libs/kernel/clock.ts.',
  },
  { selector: "CallExpression[callee.name='Date']", message: 'Time comes from libs/kernel/clock.ts.' },
];
/** The dashboard imports nothing of ours; it has a clock of its own. */
const PAGE_TIME = TIME.map((one) => ({ ...one, message: 'Time comes from apps/dashboard/src/clock.ts.' }));
const CHANCE = [
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance comes from libs/kernel/ids.ts.',
  },
  { selector: "Identifier[name='randomUUID']", message: 'Ids come from libs/kernel/ids.ts.' },
];
const ENVIRONMENT = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'The environment is read in apps/keyledger/src/config.ts.',
  },
];
const TERMINAL = [
  {
    selector: "MemberExpression[object.name='process'][property.name=/^(stdout|stderr)$/]",
    message: 'Words for people go through apps/keyledger/src/terminal.ts.',
  },
  {
    selector: "MemberExpression[object.name='console']",
    message: 'Words for people go through apps/keyledger/src/terminal.ts.',
  },
];
const ALWAYS = [
  {
    selector: "TSAsExpression[expression.type='TSAsExpression'][expression.typeAnnotation.type='TSUnknownKeyword']",
    message: 'Parse it at the boundary instead of `as unknown as`.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
];

const PARAMETERS = [
  {
    selector: ":not(MethodDefinition[kind='constructor']) > :function[params.length>3]",
    message: 'Three parameters at most, then an object.',
  },
  {
    selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>4]",
    message: 'Four parameters at most, then an object.',
  },
];

const FORGOTTEN = [
  {
    selector: "SwitchCase[test=null]:not(:has(CallExpression[callee.name='never']))",
    message: 'End with never(x), so that the compiler names the forgotten case.',
  },
];

function restricted(...lists) {
  return { 'no-restricted-syntax': ['error', ...ALWAYS, ...lists.flat()] };
}

export default tseslint.config(
  { ignores: ['node_modules/', 'data/', 'coverage/', 'prisma/generated/', 'apps/dashboard/dist/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    ignores: ['apps/dashboard/**'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-imports': ['error', { paths: [{ name: 'node:process', message: 'Use the global process.' }] }],
      'max-lines-per-function': ['error', 60],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      ...restricted(PARAMETERS, TIME, CHANCE, ENVIRONMENT, TERMINAL),
    },
  },
  {
    files: ['apps/dashboard/**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: './apps/dashboard/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines-per-function': ['error', 60],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      ...restricted(PARAMETERS, PAGE_TIME, TERMINAL),
    },
  },
  { files: ['apps/dashboard/src/clock.ts'], rules: restricted(PARAMETERS, TERMINAL) },
  {
    files: ['libs/domain/**/*.ts'],
    rules: restricted(PARAMETERS, FORGOTTEN, TIME, CHANCE, ENVIRONMENT, TERMINAL),
  },
  { files: ['libs/kernel/clock.ts'], rules: restricted(PARAMETERS, CHANCE, ENVIRONMENT, TERMINAL) },
  { files: ['libs/kernel/ids.ts'], rules: restricted(PARAMETERS, ENVIRONMENT, TERMINAL) },
  { files: ['apps/keyledger/src/config.ts'], rules: restricted(PARAMETERS, TIME, CHANCE, TERMINAL) },
  { files: ['apps/keyledger/src/terminal.ts'], rules: restricted(PARAMETERS, TIME, CHANCE, ENVIRONMENT) },
  {
    files: [...TESTS, 'scripts/**/*.ts'],
    rules: { ...restricted(), 'max-lines-per-function': 'off' },
  },
  { files: TESTS, rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['**/*.mjs'], extends: [tseslint.configs.recommended] },
);
