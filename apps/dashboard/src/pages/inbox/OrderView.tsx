/** The open order: its signed bytes on paper, and beside it who is owed and what the reader may do. */
import { useEffect, useMemo, useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import { type Signer, approvalsOf } from '../../checks/approval.ts';
import { textOf } from '../../checks/order.ts';
import { Asked } from '../../parts/Asked.tsx';
import { NotFound, Notice } from '../../parts/Notice.tsx';
import { Tag, type Tone } from '../../parts/Tag.tsx';
import { BackIcon } from '../../parts/icons.tsx';
import { plural } from '../../words/format.ts';
import { orderTitle } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import { Decision } from './Decision.tsx';
import css from './OrderView.module.css';
import { OrderSheet } from './OrderSheet.tsx';
import { OneOrder } from './inbox.graphql.ts';
import type { ToldOrder } from './shown.ts';
import { owedOf, ruleOf } from './standing.ts';
import { useReadOrders } from './use-read-orders.ts';
import type { SetsByHash } from './use-sets.ts';

interface OrderViewProps {
  readonly id: string;
  readonly sets: SetsByHash | null;
  /** Position of the newest change of any order. */
  readonly news: string | null;
}

export function OrderView({ id, sets, news }: OrderViewProps) {
  const asked = useAsk(OneOrder, { id });
  const { again } = asked;
  useEffect(() => again(), [news, again]);
  return (
    <Asked asked={asked}>
      {({ order }) => (order === null ? <NotFound /> : <Shown told={order} sets={sets} again={again} />)}
    </Asked>
  );
}

const TONES: Readonly<Record<string, Tone>> = { requested: 'owed', approved: 'ink', spent: 'ink' };

interface ShownProps {
  readonly told: ToldOrder;
  readonly sets: SetsByHash | null;
  readonly again: () => void;
}

function Shown({ told, sets, again }: ShownProps) {
  const read = useReadOrders(useMemo(() => [told], [told]));
  const order = read?.[0]?.order ?? null;
  const set = order === null ? null : (sets?.get(textOf(order, 'approverSet')) ?? null);
  const signers = useSigners(told, set);
  if (read !== null && order === null) return <Notice title={words.inbox.noOrder} tone="refused" />;
  if (order === null) return null;
  const owed = owedOf(ruleOf(set, order) ?? told, told.approvers);
  const state = told.state === 'requested' ? words.inbox.waitingFor(plural(owed.persons, 'person')) : told.state;
  return (
    <>
      <div className={css.middle}>
        <p className={css.back}>
          <Link to="/inbox">
            <BackIcon size={16} /> {words.rooms.inbox}
          </Link>
        </p>
        <header className={css.head}>
          <h1>{orderTitle(order.kind)}</h1>
          <Tag tone={TONES[told.state] ?? 'refused'}>{state}</Tag>
        </header>
        <OrderSheet told={told} order={order} />
        <Uses told={told} />
      </div>
      <Decision told={told} order={order} set={set} signers={signers} again={again} />
    </>
  );
}

/** Those whose signature over these bytes holds here; null while it is being checked. */
function useSigners(told: ToldOrder, set: Parameters<typeof approvalsOf>[2] | null): readonly Signer[] | null {
  const [signers, setSigners] = useState<readonly Signer[] | null>(null);
  useEffect(() => {
    if (set === null) return;
    let isWanted = true;
    void approvalsOf(told.bytes, told.approvals, set).then((found) => isWanted && setSigners(found));
    return () => {
      isWanted = false;
    };
  }, [told, set]);
  return signers;
}

/** What was done under it, in the platform's words. */
function Uses({ told }: { readonly told: ToldOrder }) {
  const spent = told.spent.filter(({ serial }) => serial !== null).map(({ serial }) => serial);
  const open = told.taken.filter(({ serial }) => !spent.includes(serial)).map(({ serial }) => serial);
  if (told.taken.length + told.spent.length + told.overdue.length === 0) return null;
  return (
    <section className={css.uses}>
      <h2>{words.inbox.doneUnder}</h2>
      {spent.length > 0 && <p>{words.inbox.spentFor(spent.join(', '))}</p>}
      {open.length > 0 && <p>{words.inbox.takenFor(open.join(', '))}</p>}
      {told.overdue.length > 0 && <p data-tone="refused">{words.inbox.overdueFor(told.overdue.join(', '))}</p>}
      <Link to={`/audit?order=${told.id}`}>{words.inbox.events}</Link>
    </section>
  );
}
