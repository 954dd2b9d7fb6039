/** The rows of the audit trail: pages by cursor, older ones as one scrolls, newer ones waiting until they are wanted. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient, useSubscription } from 'urql';
import { type Fault, faultOf } from '../../api/fault.ts';
import { EventAppended, type EventRow, Events } from './audit.graphql.ts';
import type { EventFilter } from './filter.ts';

const PAGE = 100;
const NEWS_MAX = 200;
const SETTLE_MS = 300;

interface Edge {
  readonly cursor: string;
  readonly node: EventRow;
}

interface Listed {
  readonly edges: readonly Edge[];
  readonly newer: readonly Edge[];
  readonly hasOlder: boolean;
  /** Whether the first page has come. */
  readonly isRead: boolean;
  readonly fault: Fault | null;
}

export interface EventList extends Listed {
  readonly readOlder: () => void;
  readonly showNewer: () => void;
  readonly readAgain: () => void;
}

const NOTHING: Listed = { edges: [], newer: [], hasOlder: true, isRead: false, fault: null };

/** `filter` must keep its identity while it says the same. */
export function useEvents(filter: EventFilter | null, isStill: boolean): EventList {
  const client = useClient();
  const [list, setList] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  const isBusy = useRef(false);

  const readPage = useCallback(
    async (after: string | null): Promise<void> => {
      if (isBusy.current) return;
      isBusy.current = true;
      const asked = client.query(Events, { first: PAGE, after, filter }, { requestPolicy: 'network-only' });
      const { data, error } = await asked.toPromise();
      isBusy.current = false;
      setList((before) => {
        if (data == null) return { ...before, fault: error === undefined ? null : faultOf(error) };
        const { edges, pageInfo } = data.events;
        const kept = after === null ? [] : before.edges;
        return { ...before, edges: [...kept, ...edges], hasOlder: pageInfo.hasNextPage, isRead: true, fault: null };
      });
    },
    [client, filter],
  );

  useEffect(() => {
    setList(NOTHING);
    isBusy.current = false;
    void readPage(null);
  }, [readPage, turn]);

  useNews(
    filter,
    list.isRead,
    useCallback(async () => {
      const before = list.newer[0]?.cursor ?? list.edges[0]?.cursor ?? null;
      const asked = client.query(Events, { last: NEWS_MAX, before, filter }, { requestPolicy: 'network-only' });
      const { data } = await asked.toPromise();
      if (data == null) return;
      setList((now) => merged(now, data.events.edges, isStill));
    }, [client, filter, isStill, list.edges, list.newer]),
  );

  return {
    ...list,
    readOlder: useCallback(() => {
      const last = list.edges.at(-1);
      if (list.hasOlder && last !== undefined) void readPage(last.cursor);
    }, [list.edges, list.hasOlder, readPage]),
    showNewer: useCallback(() => setList((now) => ({ ...now, edges: [...now.newer, ...now.edges], newer: [] })), []),
    readAgain: useCallback(() => setTurn((count) => count + 1), []),
  };
}

/** Nothing moves under the reader's eye: newer rows wait while the list stands still. */
function merged(now: Listed, edges: readonly Edge[], isStill: boolean): Listed {
  const known = new Set([...now.newer, ...now.edges.slice(0, NEWS_MAX)].map(({ cursor }) => cursor));
  const newer = [...edges.filter(({ cursor }) => !known.has(cursor)), ...now.newer];
  return isStill ? { ...now, newer } : { ...now, edges: [...newer, ...now.edges], newer: [] };
}

/** Asks once, a moment after the last of a burst of news. */
function useNews(filter: EventFilter | null, isReady: boolean, read: () => Promise<void>): void {
  const [{ data }] = useSubscription({ query: EventAppended, variables: { filter }, pause: !isReady });
  const latest = useRef(read);
  latest.current = read;
  const position = data?.eventAppended;
  useEffect(() => {
    if (position === undefined) return;
    const timer = setTimeout(() => void latest.current(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [position]);
}
