/** The fleet: how many modules are in which state and how sure the record is of them, and all of them one by one. */
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { usePages } from '../../api/use-pages.ts';
import { Link } from '../../app/Link.tsx';
import { useQueryTerms } from '../../app/place.ts';
import { Assurance } from '../../parts/Assurance.tsx';
import { type Column, Listing } from '../../parts/Listing.tsx';
import { NameOf } from '../../parts/Named.tsx';
import { Failed, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Time } from '../../parts/Time.tsx';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import page from '../Page.module.css';
import css from './FleetPage.module.css';
import { FleetCounts, type FleetCountsAnswer, Modules, type ModulesAnswer } from './fleet.graphql.ts';

type Row = ModulesAnswer['securityModules']['edges'][number]['node'];
type Count = FleetCountsAnswer['fleet'][number];

const text = words.fleet;

const COLUMNS: readonly Column<Row>[] = [
  { label: text.columns.module, value: (row) => <span className={css.serial}>{row.serial}</span> },
  { label: text.columns.called, value: (row) => <NameOf kind="machine" id={row.serial} isWhole /> },
  { label: text.columns.state, value: (row) => <State row={row} /> },
  { label: text.columns.assurance, value: (row) => <Assurance value={row.assurance} /> },
  { label: text.columns.site, value: (row) => row.site ?? words.none },
  { label: text.columns.bank, value: (row) => row.deliveredTo ?? words.none },
  { label: text.columns.epoch, value: (row) => number(row.epoch), isNumber: true },
  { label: text.columns.since, value: (row) => <Time at={row.lastAt} /> },
  { label: text.columns.class, value: (row) => row.moduleClass, isExtra: true },
];

const pick = (answer: ModulesAnswer): ModulesAnswer['securityModules'] => answer.securityModules;

export function FleetPage() {
  const terms = useQueryTerms();
  const [state, assurance, site] = [terms.get('state'), terms.get('assurance'), terms.get('site')];
  const filter = useMemo(
    () =>
      state === null && assurance === null && site === null
        ? null
        : { ...(state && { state }), ...(assurance && { assurance }), ...(site && { site }) },
    [state, assurance, site],
  );
  const { nodes, isRead, hasMore, fault, readOn } = usePages(Modules, pick, filter);
  const counts = useAsk(FleetCounts, {}).data?.fleet ?? [];
  return (
    <div className={page.page}>
      <PageHead title={words.rooms.fleet} under={text.all(number(counts.reduce((sum, { count }) => sum + count, 0)))} />
      <Counts counts={counts} by="state" chosen={state} />
      <Counts counts={counts} by="assurance" chosen={assurance} />
      {fault !== null && <Failed fault={fault} />}
      {isRead && nodes.length === 0 && <Notice title={text.empty} />}
      {nodes.length > 0 && (
        <Listing columns={COLUMNS} rows={nodes} keyOf={(row) => row.serial} to={(row) => `/fleet/${row.serial}`} />
      )}
      {hasMore && (
        <Button variant="default" size="xs" onClick={readOn}>
          {words.more}
        </Button>
      )}
    </div>
  );
}

function State({ row }: { readonly row: Row }) {
  if (row.failure === null) return <>{row.state}</>;
  return (
    <span>
      {row.state}, <strong className={css.failure}>{row.failure}</strong>
    </span>
  );
}

interface CountsProps {
  readonly counts: readonly Count[];
  readonly by: 'state' | 'assurance';
  readonly chosen: string | null;
}

/** Each state as a bar of its share; a click narrows the table to it, and another one loosens it. */
function Counts({ counts, by, chosen }: CountsProps) {
  const sums = new Map<string, number>();
  for (const one of counts) sums.set(one[by] ?? text.notIssued, (sums.get(one[by] ?? text.notIssued) ?? 0) + one.count);
  const most = Math.max(1, ...sums.values());
  return (
    <ul className={css.counts} aria-label={text.by[by]}>
      <li className={css.by}>{text.by[by]}</li>
      {[...sums].map(([value, count]) => (
        <li key={value}>
          <Link
            to={value === chosen || value === text.notIssued ? '/fleet' : `/fleet?${by}=${encodeURIComponent(value)}`}
            aria-current={value === chosen}
          >
            <span>
              {by === 'assurance' && value !== text.notIssued ? <Assurance value={value} /> : value}
              <strong>{number(count)}</strong>
            </span>
            <svg width="100%" height="4" aria-hidden>
              <rect width={`${(count / most) * 100}%`} height="4" fill="var(--graphic-1)" />
            </svg>
          </Link>
        </li>
      ))}
    </ul>
  );
}
