/**
 * Writes the types of the dashboard's operations: beside each `x.graphql` of apps/dashboard a `x.graphql.ts` with one
 * typed document per operation, checked against the schema; and apps/dashboard/trusted-documents.json, all of them as they
 * are sent, for a platform that takes no others. `--check` fails where one is stale.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
  buildSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  parse,
  print,
  typeFromAST,
  validate,
} from 'graphql';
import { formatDocument, gql, stringifyDocument } from '@urql/core';
import { format, resolveConfig } from 'prettier';

const ROOT = resolve(import.meta.dirname, '..');
const HOME = resolve(ROOT, 'apps/dashboard/src');
const SCALARS: Readonly<Record<string, string>> = { ID: 'string', String: 'string', Int: 'number', Float: 'number' };

const sdl = globSync('graphql/*.graphql', { cwd: ROOT }).sort();
const schema = buildSchema(sdl.map((file) => readFileSync(resolve(ROOT, file), 'utf8')).join('\n'));
const style = await resolveConfig(resolve(HOME, 'main.tsx'));

const sent: string[] = [];

for (const file of globSync('**/*.graphql', { cwd: HOME }).sort())
  put(resolve(HOME, `${file}.ts`), await format(moduleOf(file), { ...style, parser: 'typescript' }));
put(
  resolve(HOME, '../trusted-documents.json'),
  `${JSON.stringify({ only: true, documents: sent.toSorted() }, null, 2)}\n`,
);

function put(target: string, text: string): void {
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (present(target) !== text) {
    console.error(`${relative(ROOT, target)} is stale: run npm run pages`);
    process.exitCode = 1;
  }
}

function present(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function moduleOf(file: string): string {
  const document = parse(readFileSync(resolve(HOME, file), 'utf8'), { noLocation: true });
  const wrong = validate(schema, document);
  if (wrong.length > 0) throw new Error(`${file}: ${wrong.map(({ message }) => message).join(' ')}`);
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const home = relative(dirname(resolve(HOME, file)), resolve(HOME, 'api/ask.ts'));
  return `/** Written by \`npm run pages\` from ${file.split('/').at(-1)}. */
import { ask } from '${home.startsWith('.') ? home : `./${home}`}';
${fragments.map((one) => fragmentOf(one)).join('')}${operations.map((one) => operationOf(one, fragments)).join('')}`;
}

function fragmentOf({ name, typeCondition, selectionSet }: FragmentDefinitionNode): string {
  if (isUnionType(schema.getType(typeCondition.name.value)))
    return `\nexport type ${name.value} = ${unionOf(selectionSet)};\n`;
  return `\nexport interface ${name.value} ${shapeOf(selectionSet, typeCondition.name.value)}\n`;
}

function operationOf(operation: OperationDefinitionNode, fragments: readonly FragmentDefinitionNode[]): string {
  const { name, variableDefinitions = [], selectionSet } = operation;
  const root = schema.getRootType(operation.operation)?.name ?? '';
  const own = name?.value ?? '';
  const variables = variableDefinitions.map(
    ({ variable, type }) => `readonly ${variable.name.value}${isOptional(type)}: ${given(type)}`,
  );
  const text = print({ kind: Kind.DOCUMENT, definitions: [operation, ...usedBy(selectionSet, fragments)] });
  sent.push(stringifyDocument(formatDocument(gql(text)) as DocumentNode));
  return `
export interface ${own}Answer ${shapeOf(selectionSet, root)}

export type ${own}Variables = ${variables.length === 0 ? 'Record<string, never>' : `{ ${variables.join('; ')} }`};

export const ${own} = ask<${own}Answer, ${own}Variables>(\`${text}\`);
`;
}

/** The fragments that a selection spreads, and those that they spread. */
function usedBy(of: SelectionSetNode, all: readonly FragmentDefinitionNode[]): readonly FragmentDefinitionNode[] {
  const named = [...print(of).matchAll(/\.\.\.(\w+)/g)].map(([, name]) => name);
  const used = all.filter(({ name }) => named.includes(name.value));
  return [...new Set(used.flatMap((one) => [one, ...usedBy(one.selectionSet, all)]))];
}

function isOptional(type: TypeNode): '' | '?' {
  return type.kind === Kind.NON_NULL_TYPE ? '' : '?';
}

function given(type: TypeNode): string {
  const of = typeFromAST(schema, type as never) as GraphQLInputType;
  return inputOf(of);
}

function inputOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return inputOf(type.ofType).replace(/ \| null \| undefined$/, '');
  if (isListType(type)) return `readonly (${inputOf(type.ofType)})[] | null | undefined`;
  if (!isInputObjectType(type)) return `${scalar(type)} | null | undefined`;
  const members = Object.values(type.getFields()).map(
    ({ name, type: of }) => `readonly ${name}${isNonNullType(of) ? '' : '?'}: ${inputOf(of)}`,
  );
  return `{ ${members.join('; ')} } | null | undefined`;
}

function scalar(type: GraphQLNamedType): string {
  return type.name === 'Boolean' ? 'boolean' : (SCALARS[type.name] ?? 'string');
}

/** The members of a selection, and the fragments of its own type that it spreads, as an intersection. */
function shapeOf(selection: SelectionSetNode, typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${typeName} has no fields`);
  const members = selection.selections.flatMap((one) => {
    if (one.kind !== Kind.FIELD) return [];
    if (one.name.value === '__typename') return [`readonly __typename: '${typeName}'`];
    const field = type.getFields()[one.name.value];
    if (field === undefined) throw new Error(`${typeName} has no field ${one.name.value}`);
    return [`readonly ${one.alias?.value ?? one.name.value}: ${outputOf(field.type, one.selectionSet)}`];
  });
  return `{ ${members.join('; ')} }`;
}

function outputOf(type: GraphQLOutputType, selection: SelectionSetNode | undefined): string {
  if (isNonNullType(type)) return outputOf(type.ofType, selection).replace(/ \| null$/, '');
  if (isListType(type)) return `readonly (${outputOf(type.ofType, selection)})[] | null`;
  const named = getNamedType(type);
  if (isScalarType(named) || selection === undefined) return `${scalar(named)} | null`;
  const spreads = selection.selections.flatMap((one) => (one.kind === Kind.FRAGMENT_SPREAD ? [one.name.value] : []));
  if (isUnionType(named)) return `${spreads[0] ?? unionOf(selection)} | null`;
  const own = shapeOf(selection, named.name);
  return `${[...(own === '{  }' ? [] : [own]), ...spreads].join(' & ')} | null`;
}

/** One shape per inline fragment, told apart by `__typename`. */
function unionOf(selection: SelectionSetNode): string {
  const shapes = selection.selections.flatMap((one) => {
    const name = one.kind === Kind.INLINE_FRAGMENT ? one.typeCondition?.name.value : undefined;
    if (one.kind !== Kind.INLINE_FRAGMENT || name === undefined) return [];
    return [shapeOf(one.selectionSet, name).replace('{ ', `{ readonly __typename: '${name}'; `)];
  });
  return `(${shapes.join(' | ')})`;
}
