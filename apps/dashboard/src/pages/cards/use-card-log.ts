/** The card's log as the record holds it, chained in this browser; null while it is, or where one may not read events. */
import { useEffect, useMemo, useState } from 'react';
import { type Asked, useAsk } from '../../api/use-ask.ts';
import { type CheckedEntry, type ToldEntry, checkCardLog } from '../../checks/card-log.ts';
import { dataOf, said } from '../../words/event-words.ts';
import { CardLog, type CardLogAnswer } from './cards.graphql.ts';

type EventNode = NonNullable<NonNullable<CardLogAnswer['chipCard']>['events']>['edges'][number]['node'];

export interface LoggedUse extends CheckedEntry {
  readonly serial: string;
  readonly occurredAt: string;
  readonly index: number;
  readonly position: string;
  readonly certificate: string | null;
  readonly recordedHead: string | null;
}

interface CardLogFound {
  readonly asked: Asked<CardLogAnswer>;
  /** Newest first. */
  readonly uses: readonly LoggedUse[] | null;
}

export function useCardLog(card: string): CardLogFound {
  const asked = useAsk(CardLog, { card });
  const nodes = useMemo(() => asked.data?.chipCard?.events?.edges.map(({ node }) => node), [asked.data]);
  const [uses, setUses] = useState<readonly LoggedUse[] | null>(null);
  useEffect(() => {
    if (nodes === undefined) return;
    let isWanted = true;
    void usesOf(nodes).then((found) => isWanted && setUses(found));
    return () => {
      isWanted = false;
    };
  }, [nodes]);
  return { asked, uses };
}

async function usesOf(nodes: readonly EventNode[]): Promise<readonly LoggedUse[]> {
  const heads = new Map<number, string>();
  const issued: { readonly told: ToldEntry; readonly node: EventNode }[] = [];
  for (const node of nodes) {
    const data = dataOf(node.data);
    const number = Number(said(data, 'number'));
    if (node.type === 'CardUsed') heads.set(number, said(data, 'head'));
    else issued.push({ node, told: { number, entry: said(data, 'entry'), recordedHead: null } });
  }
  const ascending = issued.toSorted((a, b) => a.told.number - b.told.number);
  const told = ascending.map((one) => ({ ...one.told, recordedHead: heads.get(one.told.number) ?? null }));
  const checked = await checkCardLog(told);
  return checked
    .flatMap((one, at) => {
      const node = ascending[at]?.node;
      if (node === undefined) return [];
      const { occurredAt, index, position, certificate } = node;
      const recordedHead = told[at]?.recordedHead ?? null;
      return [{ ...one, serial: node.serial ?? '', occurredAt, index, position, certificate, recordedHead }];
    })
    .toReversed();
}
