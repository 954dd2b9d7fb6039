/** Every station's trust list: which version it should have, which it has in force, since when. */
import { useEffect } from 'react';
import { useSubscription } from 'urql';
import { useAsk } from '../../api/use-ask.ts';
import { Asked } from '../../parts/Asked.tsx';
import { Fresh } from '../../parts/Fresh.tsx';
import { KeyState } from '../../parts/KeyState.tsx';
import { type Column, Listing } from '../../parts/Listing.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Time } from '../../parts/Time.tsx';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import page from '../Page.module.css';
import { TrustListChanged, TrustLists, type TrustListsAnswer } from './trust-lists.graphql.ts';

type Row = TrustListsAnswer['trustLists']['edges'][number]['node'];

const text = words.trustLists;

const COLUMNS: readonly Column<Row>[] = [
  { label: text.columns.station, value: (row) => row.station },
  { label: text.columns.published, value: (row) => number(row.version), isNumber: true },
  { label: text.columns.enforced, value: (row) => <Enforced row={row} />, isNumber: true },
  { label: text.columns.since, value: (row) => row.enforcedAt !== null && <Time at={row.enforcedAt} /> },
  { label: words.fresh.label, value: (row) => <Fresh copy={row.handed} /> },
  { label: text.columns.active, value: (row) => counted(row, 'active'), isNumber: true },
  { label: text.columns.suspended, value: (row) => counted(row, 'suspended'), isNumber: true },
  { label: text.columns.compromised, value: (row) => counted(row, 'compromised'), isNumber: true },
];

export function TrustListsPage() {
  const asked = useAsk(TrustLists, {});
  const [{ data: news }] = useSubscription({ query: TrustListChanged, variables: {} });
  const { again } = asked;
  useEffect(() => again(), [news, again]);
  return (
    <div className={page.page}>
      <PageHead title={words.rooms.trustLists} />
      <Asked asked={asked}>
        {({ trustLists: { edges } }) =>
          edges.length === 0 ? (
            <Notice title={text.empty} />
          ) : (
            <Listing
              columns={COLUMNS}
              rows={edges.map(({ node }) => node)}
              keyOf={({ station }) => station}
              to={({ station }) => `/trust-lists/${station}`}
            />
          )
        }
      </Asked>
    </div>
  );
}

function counted({ keys }: Row, state: string): string {
  return number(keys.filter((key) => key.state === state).length);
}

function Enforced({ row: { version, enforcedVersion } }: { readonly row: Row }) {
  if (enforcedVersion === null) return <KeyState value={text.never} tone="owed" />;
  if (enforcedVersion < version) return <KeyState value={text.behind(enforcedVersion)} tone="owed" />;
  return <>{number(enforcedVersion)}</>;
}
