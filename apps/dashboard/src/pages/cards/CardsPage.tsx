/** All chip cards: the state of each key, who checks before it signs, how far its own log was read. */
import { Button, SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { go, useQueryTerms } from '../../app/place.ts';
import { Enforcement } from '../../parts/Assurance.tsx';
import { type Column, Listing } from '../../parts/Listing.tsx';
import { Persons } from '../../parts/Named.tsx';
import { Failed, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { KeyState } from '../../parts/KeyState.tsx';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import page from '../Page.module.css';
import { Cards, type CardsAnswer } from './cards.graphql.ts';

type Row = CardsAnswer['chipCards']['edges'][number]['node'];

const text = words.cards;

const COLUMNS: readonly Column<Row>[] = [
  { label: text.columns.card, value: (row) => row.card },
  { label: text.columns.state, value: (row) => <KeyState value={row.retired ? 'retired' : row.keyState} /> },
  { label: text.columns.enforcement, value: (row) => <Enforcement value={row.enforcement} /> },
  { label: text.columns.custodians, value: (row) => <Persons ids={row.custodians} /> },
  { label: text.columns.uses, value: (row) => number(row.uses), isNumber: true },
  { label: text.columns.read, value: (row) => readSoFar(row), isNumber: true },
  { label: text.columns.log, value: (row) => <LogWord divergences={row.divergences} /> },
];

const pick = (answer: CardsAnswer): CardsAnswer['chipCards'] => answer.chipCards;

export function CardsPage() {
  const keyState = useQueryTerms().get('state') ?? '';
  const filter = useMemo(() => (keyState === '' ? null : { keyState }), [keyState]);
  const { nodes, isRead, hasMore, fault, readOn } = usePages(Cards, pick, filter);
  return (
    <div className={page.page}>
      <PageHead title={words.rooms.cards}>
        <SegmentedControl
          size="xs"
          data={text.states.map(([value, label]) => ({ value, label }))}
          value={keyState}
          onChange={(chosen) => go(chosen === '' ? '/cards' : `/cards?state=${chosen}`)}
        />
      </PageHead>
      {fault !== null && <Failed fault={fault} />}
      {isRead && nodes.length === 0 && <Notice title={text.empty} />}
      {nodes.length > 0 && (
        <Listing columns={COLUMNS} rows={nodes} keyOf={(row) => row.card} to={(row) => `/cards/${row.card}`} />
      )}
      {hasMore && (
        <Button variant="default" size="xs" onClick={readOn}>
          {words.more}
        </Button>
      )}
    </div>
  );
}

function readSoFar({ readNumber, lastNumber }: Row): string {
  return readNumber === null ? text.neverRead : text.readTo(readNumber, lastNumber);
}

function LogWord({ divergences }: Pick<Row, 'divergences'>) {
  const open = divergences.filter(({ healed }) => !healed).length;
  return open === 0 ? <>{text.agrees}</> : <KeyState value={text.diverges(open)} tone="refused" />;
}
