/** The card's own log against the record, on paper: each entry hashed and chained in this browser. */
import { Link } from '../../app/Link.tsx';
import { Failed, Notice } from '../../parts/Notice.tsx';
import { ProofTag, ProofTick } from '../../parts/Proof.tsx';
import { SectionHead, Sheet } from '../../parts/Sheet.tsx';
import { Tag } from '../../parts/Tag.tsx';
import { Time } from '../../parts/Time.tsx';
import { inFours, number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import type { Card } from './shown.ts';
import css from './CardPage.module.css';
import { type LoggedUse, useCardLog } from './use-card-log.ts';

const text = words.card.log;

export function CardLogSheet({ card }: { readonly card: Card }) {
  const { asked, uses } = useCardLog(card.card);
  const open = card.divergences.filter(({ healed }) => !healed);
  const good = uses?.filter((one) => one.isEqual && one.isChained).length ?? 0;
  const isWhole = uses !== null && good === uses.length;
  const unread = card.lastNumber - (card.readNumber ?? 0);
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
        {asked.fault !== null &&
          (asked.fault.code === 'FORBIDDEN' ? <Notice title={text.forbidden} /> : <Failed fault={asked.fault} />)}
        {uses !== null && uses.length === 0 && <Notice title={text.empty} />}
        {uses !== null && uses.length > 0 && <Entries uses={uses} />}
      </Sheet>
    </div>
  );
}

function Entries({ uses }: { readonly uses: readonly LoggedUse[] }) {
  return (
    <table className={css.entries}>
      <thead>
        <tr>
          {text.columns.map((label) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {uses.map((use) => (
          <tr key={use.number}>
            <td className={css.number}>{number(use.number)}</td>
            <td>
              <Time at={use.occurredAt} show="clock" />
            </td>
            <td>
              <Link to={`/fleet/${use.serial}`}>{use.serial}</Link>
            </td>
            <td className="mono">{inFours(use.head.slice(0, 12))}</td>
            <td>
              <ProofTick
                state={use.isEqual && use.isChained ? 'proved' : 'failed'}
                what={use.isEqual ? text.same : text.other}
              />
            </td>
            <td className={css.number}>
              <Link to={`/audit/${use.position}`}>{number(use.index)}</Link>
            </td>
            <td className="mono">
              {use.recordedHead === null ? text.notRecorded : inFours(use.recordedHead.slice(0, 12))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
