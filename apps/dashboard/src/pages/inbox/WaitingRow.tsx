/** An order in the list: what it asks, whom it concerns, what is owed, how long there is. */
import { Link } from '../../app/Link.tsx';
import { type ReadOrder, secondsOf } from '../../checks/order.ts';
import { useNow } from '../../clock.ts';
import { KeyClass } from '../../parts/KeyClass.tsx';
import { duration } from '../../words/format.ts';
import { shortTitle, whereOf } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import css from './InboxPage.module.css';
import type { WaitingOrder } from './inbox.graphql.ts';
import { type Standing, owedClasses, owedOf } from './standing.ts';

interface WaitingRowProps {
  readonly told: WaitingOrder;
  readonly order: ReadOrder;
  readonly standing: Standing;
  readonly isOpen: boolean;
}

export function WaitingRow({ told, order, standing, isOpen }: WaitingRowProps) {
  const left = secondsOf(order, 'notAfter') * 1000 - useNow(60_000);
  return (
    <li>
      <Link to={`/inbox/${told.id}`} className={css.row} aria-current={isOpen}>
        <strong>{shortTitle(order)}</strong>
        <span className={css.where}>{standing.mayApprove ? whereOf(order) : standing.why}</span>
        <span className={css.owed}>
          {owedClasses(owedOf(told, told.approvers)).map((one, at) => (
            <KeyClass key={at} value={one} owed />
          ))}{' '}
          {words.inbox.owed}
        </span>
        <span className={css.left}>{left > 0 ? duration(left) : words.inbox.runOut}</span>
      </Link>
    </li>
  );
}
