/** All certificates, newest first, by state. */
import { Button, SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { go, useQueryTerms } from '../../app/place.ts';
import { Assurance, Enforcement } from '../../parts/Assurance.tsx';
import { type Column, Listing } from '../../parts/Listing.tsx';
import { NameOf } from '../../parts/Named.tsx';
import { Failed, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Time } from '../../parts/Time.tsx';
import { inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import page from '../Page.module.css';
import { Certificates, type CertificatesAnswer } from './certificates.graphql.ts';

type Row = CertificatesAnswer['certificates']['edges'][number]['node'];

const { columns } = words.certificates;

const COLUMNS: readonly Column<Row>[] = [
  {
    label: columns.module,
    value: (row) => (
      <>
        {row.serial} <NameOf kind="machine" id={row.serial} />
      </>
    ),
  },
  { label: columns.state, value: (row) => <StateWord value={row.state} /> },
  { label: columns.assurance, value: (row) => <Assurance value={row.assurance} /> },
  { label: columns.enforcement, value: (row) => <Enforcement value={row.enforcement} /> },
  { label: columns.card, value: (row) => `${row.card}, entry ${row.number ?? '?'}` },
  { label: columns.station, value: (row) => row.station ?? words.none },
  {
    label: columns.fingerprint,
    value: (row) => <span className="mono">{inFours(row.fingerprint.slice(0, 16))} …</span>,
  },
  {
    label: columns.installed,
    value: (row) => row.installedAt !== null && <Time at={row.installedAt} />,
    isExtra: true,
  },
];

const pick = (answer: CertificatesAnswer): CertificatesAnswer['certificates'] => answer.certificates;

export function CertificatesPage() {
  const state = useQueryTerms().get('state') ?? '';
  const filter = useMemo(() => (state === '' ? null : { state }), [state]);
  const { nodes, isRead, hasMore, fault, readOn } = usePages(Certificates, pick, filter);
  return (
    <div className={page.page}>
      <PageHead title={words.rooms.certificates}>
        <SegmentedControl
          size="xs"
          data={words.certificates.states.map(([value, label]) => ({ value, label }))}
          value={state}
          onChange={(chosen) => go(chosen === '' ? '/certificates' : `/certificates?state=${chosen}`)}
        />
      </PageHead>
      {fault !== null && <Failed fault={fault} />}
      {isRead && nodes.length === 0 && <Notice title={words.certificates.empty} />}
      {nodes.length > 0 && (
        <Listing
          columns={COLUMNS}
          rows={nodes}
          keyOf={(row) => row.fingerprint}
          to={(row) => `/certificates/${row.fingerprint}`}
        />
      )}
      {hasMore && (
        <Button variant="default" size="xs" onClick={readOn}>
          {words.more}
        </Button>
      )}
    </div>
  );
}

export function StateWord({ value }: { readonly value: string }) {
  return (
    <span data-tone={value === 'revoked' ? 'refused' : 'ink'} className={page.word}>
      {value}
    </span>
  );
}
