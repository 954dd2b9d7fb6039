/** The whole history of a station's list, page after page; null while it is read. */
import type { Client, OperationResult } from '@urql/core';
import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { type Fault, faultOf } from '../../api/fault.ts';
import { type History, historyOf } from './history.ts';
import { TrustHistory, type TrustHistoryAnswer } from './trust-lists.graphql.ts';

const PAGES_MAX = 50;

interface Read {
  readonly history: History | null;
  readonly fault: Fault | null;
}

type Node = TrustHistoryAnswer['events']['edges'][number]['node'];

export function useHistory(station: string, news: string | null): Read {
  const client = useClient();
  const [read, setRead] = useState<Read>({ history: null, fault: null });
  useEffect(() => {
    let isWanted = true;
    void readAll(client, station).then((found) => {
      if (isWanted)
        setRead(Array.isArray(found) ? { history: historyOf(found), fault: null } : { history: null, fault: found });
    });
    return () => {
      isWanted = false;
    };
  }, [client, station, news]);
  return read;
}

/** Newest first; or why not. */
async function readAll(client: Client, station: string): Promise<Node[] | Fault> {
  const nodes: Node[] = [];
  for (let page = 0, after: string | null = null; page < PAGES_MAX; page += 1) {
    const read: Page = await client
      .query(TrustHistory, { station, after }, { requestPolicy: 'network-only' })
      .toPromise();
    if (read.data == null) return read.error === undefined ? nodes : faultOf(read.error);
    const { edges, pageInfo } = read.data.events;
    nodes.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return nodes;
}

type Page = OperationResult<TrustHistoryAnswer>;
