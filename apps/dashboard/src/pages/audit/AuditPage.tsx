/** The audit trail: what happened, newest first, narrowed by terms; one event beside it, with its proof. */
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useMemo, useState } from 'react';
import { Link } from '../../app/Link.tsx';
import { type KeyTable, usePageKeys } from '../../app/keys.ts';
import { go, useQueryTerms } from '../../app/place.ts';
import type { PageProps } from '../../app/page.ts';
import { Failed } from '../../parts/Notice.tsx';
import { Key } from '../../parts/Key.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Rows } from '../../parts/Rows.tsx';
import { UpIcon } from '../../parts/icons.tsx';
import { words } from '../../words/words.ts';
import css from './AuditPage.module.css';
import { Activity } from './Activity.tsx';
import { Columns, EventLine } from './EventLine.tsx';
import { EventSheet } from './EventSheet.tsx';
import { Empty } from './Empty.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { Saved } from './Saved.tsx';
import { Search } from './Search.tsx';
import { addressOf, filterOf, termsOf } from './filter.ts';
import { type EventList, useEvents } from './use-events.ts';

export function AuditPage({ parts }: PageProps) {
  const position = parts[0] ?? null;
  const query = useQueryTerms().toString();
  const terms = useMemo(() => termsOf(new URLSearchParams(query)), [query]);
  const filter = useMemo(() => filterOf(terms), [terms]);
  const [isAtTop, setAtTop] = useState(true);
  const list = useEvents(filter, !isAtTop || position !== null);
  const open = (to: string | null): void => go(addressOf(terms, to));
  const at = list.edges.findIndex(({ node }) => node.position === position);
  useListKeys({ list, at, open });
  return (
    <div className={css.page} data-drawer={position !== null}>
      <div className={css.list}>
        <PageHead title={words.rooms.audit}>
          <Saved terms={terms} />
          <ExportMenu filter={filter} />
        </PageHead>
        <Search terms={terms} />
        <Activity />
        <Newer list={list} />
        <Columns />
        <Trail
          list={list}
          shown={at < 0 ? null : at}
          address={(to) => addressOf(terms, to)}
          position={position}
          onAtTop={setAtTop}
        >
          <Empty terms={terms} />
        </Trail>
      </div>
      {position !== null && (
        <EventSheet position={position} onClose={() => open(null)} onStep={(by) => step(list, at + by, open)} />
      )}
    </div>
  );
}

function step({ edges }: EventList, to: number, open: (position: string) => void): void {
  const position = edges[Math.max(0, to)]?.node.position;
  if (position !== undefined) open(position);
}

function useListKeys({ list, at, open }: { list: EventList; at: number; open: (to: string | null) => void }): void {
  const table: KeyTable = {
    j: () => step(list, at + 1, open),
    k: () => step(list, at - 1, open),
    Escape: () => open(null),
    '.': list.showNewer,
  };
  usePageKeys(table);
}

function Newer({ list }: { readonly list: EventList }) {
  if (list.newer.length === 0) return null;
  return (
    <button type="button" className={css.newer} onClick={list.showNewer}>
      <UpIcon size={14} />
      <strong>{words.audit.newer(list.newer.length)}</strong> {words.audit.still}
      <span className={css.show}>
        {words.audit.show} <Key>.</Key>
      </span>
    </button>
  );
}

interface TrailProps {
  readonly list: EventList;
  readonly shown: number | null;
  readonly position: string | null;
  readonly address: (position: string) => string;
  readonly onAtTop: (isAtTop: boolean) => void;
  readonly children: ReactNode;
}

function Trail({ list, shown, position, address, onAtTop, children }: TrailProps) {
  const isNarrow = useMediaQuery('(max-width: 899px)', undefined, { getInitialValueInEffect: false });
  if (list.fault !== null) return <Failed fault={list.fault} retry={list.readAgain} />;
  if (list.isRead && list.edges.length === 0) return <>{children}</>;
  return (
    <Rows
      rows={list.edges}
      keyOf={({ cursor }) => cursor}
      rowHeight={isNarrow ? 52 : 30}
      shown={shown}
      onNearEnd={list.readOlder}
      onAtTop={onAtTop}
      end={list.isRead && !list.hasOlder ? <p className={css.end}>{words.audit.end}</p> : null}
      draw={({ node }) => (
        <Link to={address(node.position)} className={css.open} aria-current={node.position === position}>
          <EventLine event={node} />
        </Link>
      )}
    />
  );
}
