/** One event on paper: what it says, when, its proof computed here, the bytes that are sealed, and what it touches. */
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { faultOf } from '../../api/fault.ts';
import { Bytes, Copy } from '../../parts/Bytes.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Key } from '../../parts/Key.tsx';
import { Actor } from '../../parts/Named.tsx';
import { Failed, NotFound } from '../../parts/Notice.tsx';
import { Sheet, SectionHead } from '../../parts/Sheet.tsx';
import { Time } from '../../parts/Time.tsx';
import { CloseIcon } from '../../parts/icons.tsx';
import { dataOf, sentenceOf } from '../../words/event-words.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './EventSheet.module.css';
import { InclusionProof } from './InclusionProof.tsx';
import { Touches } from './Touches.tsx';
import { OneEvent } from './audit.graphql.ts';
import type { ShownEvent } from './shown.ts';
import { useJudgement } from './use-judgement.ts';

interface EventSheetProps {
  readonly position: string;
  readonly onClose: () => void;
  readonly onStep: (by: 1 | -1) => void;
}

export function EventSheet({ position, onClose, onStep }: EventSheetProps) {
  const [{ data, error, fetching }, ask] = useQuery({ query: OneEvent, variables: { position } });
  const head = <Head onClose={onClose} onStep={onStep} over={data?.event ?? null} />;
  if (error !== undefined) return <Column head={head} body={<Failed fault={faultOf(error)} retry={() => ask()} />} />;
  if (data == null) return <Column head={head} body={null} />;
  if (data.event === null) return <Column head={head} body={fetching ? null : <NotFound />} />;
  return <Whole event={data.event} askAgain={ask} head={head} />;
}

function Column({ head, body }: { readonly head: ReactNode; readonly body: ReactNode }) {
  return (
    <div className={css.column}>
      <Sheet as="column">
        {head}
        {body}
      </Sheet>
    </div>
  );
}

interface HeadProps extends Omit<EventSheetProps, 'position'> {
  readonly over: ShownEvent | null;
}

function Head({ over, onClose, onStep }: HeadProps) {
  return (
    <div className={css.head}>
      <span>{over === null ? '' : words.event.revision(over.room, over.revision)}</span>
      <span className={css.steps}>
        <UnstyledButton onClick={() => onStep(1)} aria-label={words.next}>
          <Key>J</Key>
        </UnstyledButton>
        <UnstyledButton onClick={() => onStep(-1)} aria-label={words.previous}>
          <Key>K</Key>
        </UnstyledButton>
        <UnstyledButton onClick={onClose} aria-label={words.close}>
          <CloseIcon />
        </UnstyledButton>
      </span>
    </div>
  );
}

interface WholeProps {
  readonly event: ShownEvent;
  readonly askAgain: () => void;
  readonly head: ReactNode;
}

function Whole({ event, askAgain, head }: WholeProps) {
  const judgement = useJudgement(event);
  const { occurred, recorded, position, later } = words.event;
  const delay = Date.parse(event.recordedAt) - Date.parse(event.occurredAt);
  const sealed = judgement.state === 'proved' ? words.event.sealedIn(judgement.size) : undefined;
  const bytes = event.proof?.canonical ?? event.data;
  return (
    <div className={css.column}>
      <Sheet as="column" failed={judgement.state === 'failed'}>
        {head}
        <h1>{event.type}</h1>
        <p className={css.sentence}>
          {sentenceOf({ ...event, data: dataOf(event.data) })}
          {event.code !== null && <span className={css.code}>{event.code}</span>}
        </p>
        <Facts
          facts={[
            { label: occurred, value: <Time at={event.occurredAt} />, aside: <Actor actor={event.actor} /> },
            { label: recorded, value: <Time at={event.recordedAt} />, aside: later(delay) },
            { label: position, value: <span className="mono">{number(event.index)}</span>, aside: sealed },
          ]}
        />
        <InclusionProof judgement={judgement} proof={event.proof} index={event.index} askAgain={askAgain} />
        <div className={css.section}>
          <SectionHead title={words.event.bytes}>
            <span className={css.aside}>
              {words.event.bytesCount(bytes.length)} <Copy text={bytes} />
            </span>
          </SectionHead>
          <Bytes text={bytes} />
        </div>
        <Touches event={event} />
      </Sheet>
    </div>
  );
}
