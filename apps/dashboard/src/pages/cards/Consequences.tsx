/** What happens if the card is stopped, in numbers, and by whose word it can be. */
import { type ReactNode, useMemo } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { Acts } from '../orders/Acts.tsx';
import { useReadOrders } from '../inbox/use-read-orders.ts';
import { textOf } from '../../checks/order.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { actsOf } from './card-acts.ts';
import type { Card } from './shown.ts';
import css from './CardPage.module.css';
import { CardCertificates, CardOrders } from './cards.graphql.ts';

const text = words.card.stop;

interface ConsequencesProps {
  readonly card: Card;
  /** Below. */
  readonly children: ReactNode;
}

export function Consequences({ card, children }: ConsequencesProps) {
  const certificates = useAsk(CardCertificates, { card: card.card }).data?.certificates;
  const approved = useAsk(CardOrders, {}).data?.orders.edges;
  const orders = useReadOrders(useMemo(() => approved?.map(({ node }) => node), [approved]));
  const valid = certificates?.edges.filter(({ node }) => node.state !== 'revoked').map(({ node }) => node) ?? [];
  const stations = new Set(valid.map(({ station }) => station).filter((one) => one !== null));
  const served = orders?.filter(({ order }) => textOf(order, 'cardKey') === card.cardKey) ?? [];
  const more = certificates?.pageInfo.hasNextPage === true ? '+' : '';
  if (card.keyState === 'compromised' || card.keyState === 'destroyed-compromised')
    return (
      <aside className={css.side}>
        <h2>{text.fallen}</h2>
        <p className={css.lead}>{text.fallenLead}</p>
        <Rows rows={[[text.modulesFallen, `${number(valid.length)}${more}`]]} />
        <div className={css.second}>
          <Acts acts={actsOf(card)} />
        </div>
        {children}
      </aside>
    );
  return (
    <aside className={css.side}>
      <h2>{card.keyState === 'suspended' ? text.suspended : text.suspend}</h2>
      <p className={css.lead}>{card.keyState === 'suspended' ? text.suspendedLead : text.suspendLead}</p>
      <Rows
        rows={[
          [text.ordersUnserved, number(served.length)],
          [text.modulesKeep, `${number(valid.length)}${more}`],
          [text.stationsTold, number(stations.size)],
        ]}
      />
      <h2 className={css.second}>{text.strictly}</h2>
      <p className={css.lead}>{text.strictlyLead(valid.length, more)}</p>
      <div className={css.second}>
        <Acts acts={actsOf(card)} />
      </div>
      {children}
    </aside>
  );
}

function Rows({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <dl className={css.rows}>
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
