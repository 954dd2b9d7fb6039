/** One station's list: now, checked entry by entry as the station does it; and at any past moment, with what changed between two. */
import { SegmentedControl } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useSubscription } from 'urql';
import { useAsk } from '../../api/use-ask.ts';
import type { PageProps } from '../../app/page.ts';
import { useNow } from '../../clock.ts';
import { Asked } from '../../parts/Asked.tsx';
import { NotFound, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { words } from '../../words/words.ts';
import { Differences } from './Differences.tsx';
import { ListSheet } from './ListSheet.tsx';
import { Moments } from './Moments.tsx';
import css from './TrustListPage.module.css';
import { WasTrusted } from './WasTrusted.tsx';
import { VersionFacts } from './VersionFacts.tsx';
import { type History, versionAt } from './history.ts';
import { CardNames, OneTrustList, TrustListChanged } from './trust-lists.graphql.ts';
import type { CardNamesByKey, TrustListRow } from './shown.ts';
import { useHistory } from './use-history.ts';

const text = words.trustList;
const MINUTE_MS = 60_000;

export function TrustListPage({ parts }: PageProps) {
  const station = parts[0] ?? '';
  const asked = useAsk(OneTrustList, { station });
  const [{ data: news }] = useSubscription({ query: TrustListChanged, variables: { station } });
  const { again } = asked;
  useEffect(() => again(), [news, again]);
  return (
    <Asked asked={asked}>
      {(answer) =>
        answer.trustListView === null ? (
          <NotFound />
        ) : (
          <Whole
            station={station}
            view={answer.trustListView}
            jws={answer.trustList}
            news={news?.trustListChanged ?? null}
          />
        )
      }
    </Asked>
  );
}

interface WholeProps {
  readonly station: string;
  readonly view: TrustListRow;
  readonly jws: string | null;
  readonly news: string | null;
}

function Whole({ station, view, jws, news }: WholeProps) {
  const { history, fault } = useHistory(station, news);
  const names = useCardNames();
  const [by, setBy] = useState<'enforced' | 'known'>('enforced');
  const now = useNow(MINUTE_MS);
  const [chosen, setChosen] = useState<readonly [number, number] | null>(null);
  const [from, to] = chosen ?? [startOf(history, now), now];
  const version = history === null ? null : versionAt(history, to, by);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <PageHead title={text.title} over={text.over(station)}>
          <span className={css.small}>{text.show}</span>
          <SegmentedControl
            size="xs"
            value={by}
            onChange={(value) => setBy(value === 'known' ? 'known' : 'enforced')}
            data={[
              { value: 'enforced', label: text.enforced },
              { value: 'known', label: text.known },
            ]}
          />
        </PageHead>
        {history !== null && (
          <Moments history={history} from={from} to={to} now={now} onChoose={(...both) => setChosen(both)} />
        )}
        {fault?.code === 'FORBIDDEN' && <Notice title={text.forbidden} />}
      </header>
      {history !== null && <Differences history={history} names={names} from={from} to={to} by={by} />}
      <div className={css.list}>
        <ListSheet jws={jws} past={chosen === null || history === null ? null : { version, at: to }} names={names} />
      </div>
      <aside className={css.side}>
        {history !== null && <WasTrusted history={history} at={to} by={by} names={names} />}
        <VersionFacts station={station} version={version} view={view} jws={jws} />
      </aside>
    </div>
  );
}

/** A moment before the first change, so that the whole history is the first span. */
function startOf(history: History | null, now: number): number {
  const first = history?.changes[0]?.at ?? now;
  return first - Math.max(MINUTE_MS, (now - first) * 0.05);
}

function useCardNames(): CardNamesByKey {
  const edges = useAsk(CardNames, {}, { once: true }).data?.chipCards.edges;
  return useMemo(
    () =>
      new Map(edges?.flatMap(({ node }) => (node.cardKey === null ? [] : [[node.cardKey, node.card] as const])) ?? []),
    [edges],
  );
}
