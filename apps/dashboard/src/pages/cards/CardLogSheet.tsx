/** The card's own log against the record, on paper: a verdict for each line, and each entry hashed and chained in this browser. */
import { useMemo } from 'react';
import { Failed, Notice } from '../../parts/Notice.tsx';
import { ProofTag } from '../../parts/Proof.tsx';
import { SectionHead, Sheet } from '../../parts/Sheet.tsx';
import { Tag } from '../../parts/Tag.tsx';
import { words } from '../../words/words.ts';
import type { Card } from './shown.ts';
import css from './CardPage.module.css';
import { LogLines } from './LogLines.tsx';
import { useCardLog } from './use-card-log.ts';
import { useLogLines } from './use-log-lines.ts';

const text = words.card.log;

export function CardLogSheet({ card }: { readonly card: Card }) {
  const { asked, uses } = useCardLog(card.card);
  const told = useLogLines(card.card);
  const checked = useMemo(() => (uses === null ? null : new Map(uses.map((use) => [use.number, use]))), [uses]);
  const open = card.divergences.filter(({ healed }) => !healed);
  const good = uses?.filter((one) => one.isEqual && one.isChained).length ?? 0;
  const isWhole = uses !== null && good === uses.length;
  const unread = card.lastNumber - (card.readNumber ?? 0);
  const isForbidden = asked.fault?.code === 'FORBIDDEN';
  return (
    <div className={css.log}>
      <Sheet as="column" failed={open.length > 0 || (uses !== null && !isWhole)}>
        <SectionHead
          title={
            <span className={css.logTitle}>
              {text.title}{' '}
              {asked.fault === null && (
                <ProofTag
                  state={uses === null ? 'checking' : isWhole ? 'proved' : 'failed'}
                  proved={text.equal(good)}
                  failed={text.notEqual((uses?.length ?? 0) - good)}
                />
              )}
              {open.length > 0 && <Tag tone="refused">{text.diverged(open.length)}</Tag>}
              {unread > 0 && <Tag tone="owed">{text.unread(unread)}</Tag>}
            </span>
          }
        />
        {open.map((one) => (
          <Notice key={`${one.kind} ${one.number}`} title={text.divergence(one.kind, one.number)} tone="refused">
            <p>{one.sentence}</p>
          </Notice>
        ))}
        {isForbidden && <p className={css.small}>{text.forbidden}</p>}
        {asked.fault !== null && !isForbidden && <Failed fault={asked.fault} />}
        {told.fault !== null && <Failed fault={told.fault} />}
        {told.lines?.length === 0 && <Notice title={text.empty} />}
        {told.lines !== null && told.lines.length > 0 && (
          <LogLines lines={told.lines} checked={checked} readOn={told.readOn} />
        )}
      </Sheet>
    </div>
  );
}
