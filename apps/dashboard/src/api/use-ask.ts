/** One question of a page: its answer, what went wrong, and a way to ask again. */
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useCallback } from 'react';
import { useQuery } from 'urql';
import { type Fault, faultOf } from './fault.ts';

export interface Asked<Answer> {
  readonly data: Answer | undefined;
  readonly fault: Fault | null;
  readonly again: () => void;
}

export function useAsk<Answer, Variables extends AnyVariables>(
  query: TypedDocumentNode<Answer, Variables>,
  variables: Variables,
  how: { readonly pause?: boolean; readonly once?: boolean } = {},
): Asked<Answer> {
  const requestPolicy = how.once === true ? 'cache-first' : 'cache-and-network';
  const [{ data, error }, ask] = useQuery({ query, variables, pause: how.pause === true, requestPolicy } as never) as [
    { data?: Answer | null; error?: Parameters<typeof faultOf>[0] },
    (options: { requestPolicy: 'network-only' }) => void,
  ];
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  return { data: data ?? undefined, fault: error === undefined ? null : faultOf(error), again };
}
