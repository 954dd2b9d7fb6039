/** Which fields a question asks for, by name and at any depth, so that the views need not read what nobody wants. */
import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** What of GraphQL's resolve info is needed. */
export interface Asked {
  readonly fieldNodes: readonly FieldNode[];
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** Of one parsed question, which Apollo keeps and asks again. */
const known = new WeakMap<FieldNode, ReadonlySet<string>>();

export function askedFields({ fieldNodes, fragments }: Asked): ReadonlySet<string> {
  const [first] = fieldNodes;
  const before = first === undefined || fieldNodes.length > 1 ? undefined : known.get(first);
  if (before !== undefined) return before;
  const names = new Set<string>();
  const seen = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const one of set?.selections ?? [])
      if (one.kind === Kind.FIELD) {
        names.add(one.name.value);
        collect(one.selectionSet);
      } else if (one.kind === Kind.INLINE_FRAGMENT) collect(one.selectionSet);
      else if (!seen.has(one.name.value)) {
        seen.add(one.name.value);
        collect(fragments[one.name.value]?.selectionSet);
      }
  };
  for (const node of fieldNodes) collect(node.selectionSet);
  if (first !== undefined && fieldNodes.length === 1) known.set(first, names);
  return names;
}
