/**
 * What a question costs, before anything of it is answered: every field costs 1, and what stands below a page costs as often as
 * the page has entries (`first` or `last`, 50 unless told), below another list ten times. What looks the schema up is free.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { PAGE_SIZE, PAGE_SIZE_MAX } from '#libs/views/questions/page.ts';

const LIST_SIZE = 10;

export interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Of a document that was validated, so that no fragment contains itself. */
export function costOf({ schema, document, operation, variables }: Asked): number {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const root = schema.getRootType(operation.operation);
  return root == null ? 0 : selectionCost(operation.selectionSet, root.name, { schema, fragments, variables });
}

/** Refuses QUESTION_TOO_COSTLY. */
export function tooCostly(asked: Asked, costMax: number): Refusal | null {
  const cost = costOf(asked);
  if (cost <= costMax) return null;
  return refuse(
    'QUESTION_TOO_COSTLY',
    `This question costs ${cost} and may cost ${costMax}: ask for shorter pages, or for fewer fields below them.`,
  );
}

function selectionCost(set: SelectionSetNode | undefined, typeName: string, walk: Walk): number {
  let cost = 0;
  for (const one of set?.selections ?? [])
    if (one.kind === Kind.FIELD) cost += fieldCost(one, typeName, walk);
    else if (one.kind === Kind.INLINE_FRAGMENT)
      cost += selectionCost(one.selectionSet, one.typeCondition?.name.value ?? typeName, walk);
    else {
      const fragment = walk.fragments.get(one.name.value);
      cost += selectionCost(fragment?.selectionSet, fragment?.typeCondition.name.value ?? typeName, walk);
    }
  return cost;
}

function fieldCost(field: FieldNode, typeName: string, walk: Walk): number {
  if (field.name.value.startsWith('__')) return 0;
  const type = walk.schema.getType(typeName);
  const output = isObjectType(type) ? type.getFields()[field.name.value]?.type : undefined;
  if (output === undefined) return 1;
  const below = selectionCost(field.selectionSet, getNamedType(output).name, walk);
  return 1 + below * timesOf(field, output, walk);
}

function timesOf(field: FieldNode, output: GraphQLOutputType, walk: Walk): number {
  if (getNamedType(output).name.endsWith('Connection')) return pageSize(field, walk);
  // The list in a connection is counted with the connection.
  return isList(output) && field.name.value !== 'edges' ? LIST_SIZE : 1;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function pageSize({ arguments: given = [] }: FieldNode, { variables }: Walk): number {
  const sizes = given.flatMap(({ name, value }) => {
    if (name.value !== 'first' && name.value !== 'last') return [];
    const size =
      value.kind === Kind.VARIABLE ? variables[value.name.value] : value.kind === Kind.INT ? Number(value.value) : null;
    return typeof size === 'number' ? [size] : [];
  });
  return Math.min(PAGE_SIZE_MAX, Math.max(1, ...(sizes.length === 0 ? [PAGE_SIZE] : sizes)));
}
