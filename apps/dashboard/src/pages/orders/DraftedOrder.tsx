/** Step two: the drafted order on paper, rendered from its bytes; whether it says what was typed; and how it is signed. */
import { useEffect, useRef } from 'react';
import type { ReadSet } from '../../checks/approver-set.ts';
import { Notice } from '../../parts/Notice.tsx';
import { ProofTag } from '../../parts/Proof.tsx';
import { PlatformWord } from '../../parts/Platform.tsx';
import { memberLabel } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import { OrderSheet } from '../inbox/OrderSheet.tsx';
import css from './AskPage.module.css';
import { Signing } from './Signing.tsx';
import type { Shown } from './use-drafting.ts';

const text = words.asking;

interface DraftedOrderProps {
  readonly shown: Shown;
  readonly set: ReadSet | null;
  readonly atOnce: boolean;
  readonly done: (position: string | null) => Promise<void>;
}

export function DraftedOrder({ shown, set, atOnce, done }: DraftedOrderProps) {
  const title = useRef<HTMLHeadingElement>(null);
  const { order, toldId, serials, differences, fromRecord } = shown;
  const isAsAsked = differences.length === 0;
  useEffect(() => title.current?.focus(), [order.id]);
  return (
    <section className={css.drafted}>
      <header className={css.between}>
        <h2 ref={title} tabIndex={-1}>
          {text.shown}
        </h2>
        <ProofTag state={isAsAsked ? 'proved' : 'failed'} proved={text.asAsked} failed={text.otherwise} />
      </header>
      {!isAsAsked && (
        <Notice title={text.otherwise} tone="refused">
          <ul>
            {differences.map(({ member, asked, drafted }) => (
              <li key={member} className="mono">
                {text.difference(member, asked, drafted)}
              </li>
            ))}
          </ul>
          <p>{text.otherwiseHelp}</p>
        </Notice>
      )}
      <OrderSheet told={{ id: toldId, bytes: order.bytes, serials }} order={order} />
      {fromRecord.length > 0 && (
        <p className={css.small}>
          <PlatformWord>{text.fromRecord(fromRecord.map(memberLabel).join(', '))}</PlatformWord>
        </p>
      )}
      {isAsAsked && <Signing key={order.id} shown={shown} set={set} atOnce={atOnce} done={done} />}
    </section>
  );
}
