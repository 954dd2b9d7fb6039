/** One chip card: whether it may sign now, what it signed, whether its own log agrees, and what breaks if it is stopped. */
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import type { PageProps } from '../../app/page.ts';
import { Asked } from '../../parts/Asked.tsx';
import { Enforcement } from '../../parts/Assurance.tsx';
import { NotFound } from '../../parts/Notice.tsx';
import { HeadFact, PageHead } from '../../parts/PageHead.tsx';
import { Persons } from '../../parts/Named.tsx';
import { Tag, type Tone } from '../../parts/Tag.tsx';
import { inFours, number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './CardPage.module.css';
import { CardLogSheet } from './CardLogSheet.tsx';
import { Consequences } from './Consequences.tsx';
import { Days } from './Days.tsx';
import { KeyStates } from './KeyStates.tsx';
import { Leases, useLeases } from './Leases.tsx';
import { OneCard } from './cards.graphql.ts';
import type { Card } from './shown.ts';

const text = words.card;

const TONES: Readonly<Record<string, Tone>> = { suspended: 'owed', deactivated: 'owed', compromised: 'refused' };

export function CardPage({ parts }: PageProps) {
  const asked = useAsk(OneCard, { card: parts[0] ?? '' });
  return (
    <Asked asked={asked}>{({ chipCard }) => (chipCard === null ? <NotFound /> : <Whole card={chipCard} />)}</Asked>
  );
}

function Whole({ card }: { readonly card: Card }) {
  const leases = useLeases(card.card);
  const newest = leases?.[0];
  return (
    <div className={css.page}>
      <div className={css.head}>
        <PageHead
          over={text.over}
          title={card.card}
          tag={<Tag tone={TONES[card.keyState] ?? 'ink'}>{card.retired ? text.retired : card.keyState}</Tag>}
        >
          <HeadFact label={text.enforcement}>
            <Enforcement value={card.enforcement} />
          </HeadFact>
          <HeadFact label={text.custodians}>
            <Persons ids={card.custodians} />
          </HeadFact>
          {newest !== undefined && newest.left > 0 && (
            <HeadFact label={text.lease}>{words.leases.newest(newest.left, newest.entries)}</HeadFact>
          )}
          <HeadFact label={text.signed}>{number(card.uses)}</HeadFact>
          <HeadFact label={text.order}>
            <Link to={`/inbox/${card.order}`}>{inFours(card.order.slice(0, 8))}</Link>
          </HeadFact>
        </PageHead>
      </div>
      <section className={css.states}>
        <div className={css.between}>
          <h2>{text.state}</h2>
          <span className={css.small}>NIST SP 800-57</span>
        </div>
        <KeyStates state={card.keyState} />
      </section>
      <Consequences card={card}>
        <Leases leases={leases} />
      </Consequences>
      <Days card={card.card} />
      <CardLogSheet card={card} />
    </div>
  );
}
