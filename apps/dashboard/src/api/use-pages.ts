/** A connection read page by page: what was read so far, and a way to read on. */
import type { TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { type Fault, faultOf } from './fault.ts';

interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Pages<Node> {
  readonly nodes: readonly Node[];
  readonly isRead: boolean;
  readonly hasMore: boolean;
  readonly fault: Fault | null;
  readonly readOn: () => void;
}

interface Read<Node> extends Pick<Pages<Node>, 'nodes' | 'isRead' | 'hasMore' | 'fault'> {
  readonly cursor: string | null;
}

/** `pick` and `filter` must keep their identity while they say the same. */
export function usePages<Answer, Node, Filter>(
  query: TypedDocumentNode<Answer, { readonly after?: string | null; readonly filter?: Filter | null }>,
  pick: (answer: Answer) => Connection<Node>,
  filter: Filter | null,
): Pages<Node> {
  const client = useClient();
  const [read, setRead] = useState<Read<Node>>({ nodes: [], isRead: false, hasMore: false, fault: null, cursor: null });
  const readAfter = useCallback(
    async (after: string | null, isWanted: () => boolean): Promise<void> => {
      const { data, error } = await client
        .query(query, { after, filter }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!isWanted()) return;
      setRead((before) => {
        if (data == null) return { ...before, fault: error === undefined ? null : faultOf(error) };
        const { edges, pageInfo } = pick(data);
        const nodes = [...(after === null ? [] : before.nodes), ...edges.map(({ node }) => node)];
        return { nodes, isRead: true, hasMore: pageInfo.hasNextPage, fault: null, cursor: pageInfo.endCursor };
      });
    },
    [client, query, pick, filter],
  );
  useEffect(() => {
    let isWanted = true;
    void readAfter(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [readAfter]);
  const { cursor, ...shown } = read;
  return { ...shown, readOn: () => void readAfter(cursor, () => true) };
}
