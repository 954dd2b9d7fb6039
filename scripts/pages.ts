/** Writes docs/permissions.md from the table of permissions and docs/api.md from the schema. `--check` fails where one is stale. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { DEVICE_ROLES } from '#apps/platform/src/caller.ts';
import {
  FIELD_PERMISSIONS,
  HTTP_PERMISSIONS,
  type OperationType,
  PERMISSIONS,
  type Rule,
} from '#apps/platform/src/permissions.ts';
import { OPERATOR_ROLES } from '#libs/kernel/operator-roles.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ROOTS: readonly OperationType[] = ['Query', 'Mutation', 'Subscription'];

const sources = globSync('graphql/*.graphql', { cwd: ROOT }).sort();
const schema = buildSchema(sources.map((file) => readFileSync(resolve(ROOT, file), 'utf8')).join('\n'));

for (const [file, text] of [
  ['docs/permissions.md', permissions()],
  ['docs/api.md', api(schema)],
] as const)
  if (process.argv.includes('--check')) check(file, text);
  else writeFileSync(resolve(ROOT, file), text);

function check(file: string, text: string): void {
  if (present(file) === text) return;
  console.error(`${file} is stale: run npm run pages`);
  process.exitCode = 1;
}

function present(file: string): string | null {
  try {
    return readFileSync(resolve(ROOT, file), 'utf8');
  } catch {
    return null;
  }
}

function permissions(): string {
  const roles = [...OPERATOR_ROLES, ...DEVICE_ROLES];
  const head = `| operation | nobody | ${roles.join(' | ')} |\n|---|${':-:|'.repeat(roles.length + 1)}`;
  const rowOf = ([name, rule]: readonly [string, Rule]): string => {
    const open = rule === 'anybody';
    const cells = roles.map((role) => (open || rule.includes(role) ? '●' : ''));
    return `| \`${name}\` | ${open ? '●' : ''} | ${cells.join(' | ')} |`;
  };
  const fields = Object.entries(FIELD_PERMISSIONS).map(rowOf).join('\n');
  const overHttp = Object.entries(HTTP_PERMISSIONS).map(rowOf).join('\n');
  const tables = ROOTS.map((type) => {
    const rows = Object.entries(PERMISSIONS[type]).map(rowOf);
    return `## ${type}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return `# Who may do what

Written by \`npm run pages\` from \`apps/platform/src/permissions.ts\`; a test tries every cell in both directions. What does
not stand here nobody may do. A mutation that was turned away stands in the record. Beside GraphQL, everybody may read
\`/\` and the dashboard's files and addresses (what it shows it asks for with a token), \`/passkey\` (a page that asks for a
token), \`/health\`, \`/log/checkpoint\`, \`/trust-lists/<station>.jws\` and \`/crl/customer-signing.crl\`.

${tables.join('\n')}
## Fields

A field that stands here is null, with FORBIDDEN beside it, for roles that may ask what it stands on and yet not for it; the rest
of the answer is there. What the links lead to is null for whoever may not ask for it.

${head.replace('operation', 'field')}
${fields}

## Over HTTP, with a bearer token

${head.replace('operation', 'address')}
${overHttp}
`;
}

function api(of: GraphQLSchema): string {
  const types = Object.values(of.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const others = types
    .filter(({ name }) => !ROOTS.some((root) => root === name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const operations = ROOTS.map((root) => `## ${root}\n\n${operationsOf(of.getType(root))}`);
  return `# The API

Written by \`npm run pages\` from \`graphql/*.graphql\`. GraphQL at \`/graphql\` over HTTP (POST; GET asks only) and over a
socket (graphql-ws). A bearer token comes from \`npm run -s keyledger -- login --as <role>\`; who may do what:
[permissions.md](permissions.md). Every mutation answers \`Outcome\`: a \`Receipt\` or a \`Refusal\` with a stable code.

${operations.join('\n')}
## Types

${others.map(typeOf).join('\n')}`;
}

function operationsOf(root: GraphQLNamedType | undefined): string {
  return isObjectType(root) ? Object.values(root.getFields()).map(operationOf).join('\n') : '';
}

function operationOf({ name, description, args, type }: GraphQLField<unknown, unknown>): string {
  const rows = args.map((one) => {
    const preset = one.defaultValue === undefined ? '' : ` = ${JSON.stringify(one.defaultValue)}`;
    return `| \`${one.name}: ${String(one.type)}${preset}\` | ${line(one.description)} |`;
  });
  const table = rows.length === 0 ? '' : `\n| argument | is |\n|---|---|\n${rows.join('\n')}\n`;
  return `### ${name}: \`${String(type)}\`\n\n${line(description)}\n${table}`;
}

function typeOf(type: GraphQLNamedType): string {
  const title = `### ${type.name}\n\n${line(type.description)}\n`;
  if (isUnionType(type))
    return `${title}\nOne of ${type
      .getTypes()
      .map(({ name }) => `\`${name}\``)
      .join(', ')}.\n`;
  if (isEnumType(type))
    return (
      title +
      table(
        'value',
        type.getValues().map((one) => [one.name, one.description]),
      )
    );
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return title;
  const fields: readonly Field[] = Object.values(type.getFields());
  return (
    title +
    table(
      'field',
      fields.map((one) => [`${one.name}: ${String(one.type)}`, one.description]),
    )
  );
}

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly description?: string | null | undefined;
}

function table(what: string, rows: readonly (readonly [string, string | null | undefined])[]): string {
  return `\n| ${what} | is |\n|---|---|\n${rows.map(([name, says]) => `| \`${name}\` | ${line(says)} |`).join('\n')}\n`;
}

function line(text: string | null | undefined): string {
  return (text ?? '').replaceAll('\n', ' ').replaceAll('|', '\\|');
}
