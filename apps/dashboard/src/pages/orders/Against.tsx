/** The box of what speaks against an order, on the order's page. */
import { useEffect, useMemo, useState } from 'react';
import { useClient } from 'urql';
import { useViewer } from '../../api/session.ts';
import { Link } from '../../app/Link.tsx';
import type { ReadOrder } from '../../checks/order.ts';
import { AlertIcon } from '../../parts/icons.tsx';
import { words } from '../../words/words.ts';
import type { ToldOrder } from '../inbox/shown.ts';
import css from './Against.module.css';
import { type Fact, weigh } from './weigh.ts';

const text = words.against;

export function Against({ told, order }: { readonly told: ToldOrder; readonly order: ReadOrder }) {
  const facts = useFacts(told, order);
  return (
    <section className={css.box} aria-live="polite">
      <h2>{text.title}</h2>
      {facts === null && <p className={css.nothing}>{text.looking}</p>}
      {facts?.length === 0 && <p className={css.nothing}>{text.nothing}</p>}
      <ul>
        {facts?.map(({ says, to }) => (
          <li key={says}>
            <AlertIcon size={16} />
            <span>
              {says} {to !== null && <Link to={to}>{text.see}</Link>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Null while they are being asked for; asked anew when the order moved. */
function useFacts({ serials, approvers, position }: ToldOrder, order: ReadOrder): readonly Fact[] | null {
  const client = useClient();
  const { operator } = useViewer();
  const [facts, setFacts] = useState<readonly Fact[] | null>(null);
  const persons = useMemo(() => approvers.map(({ person }) => person), [approvers]);
  useEffect(() => {
    let isWanted = true;
    void weigh(client, { order, serials, approvers: persons, operator }).then((found) => isWanted && setFacts(found));
    return () => {
      isWanted = false;
    };
    // The order and its serials never change; what is said of it does, with its position.
  }, [client, operator, order.id, position]);
  return facts;
}
