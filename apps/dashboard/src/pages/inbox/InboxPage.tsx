/** The inbox: what waits for the reader, what waits for others, and the order that is open. */
import { useEffect, useMemo } from 'react';
import { useSubscription } from 'urql';
import { useAsk } from '../../api/use-ask.ts';
import { useViewer } from '../../api/session.ts';
import { Link } from '../../app/Link.tsx';
import { usePageKeys } from '../../app/keys.ts';
import { go } from '../../app/place.ts';
import type { PageProps } from '../../app/page.ts';
import { textOf } from '../../checks/order.ts';
import { useNow } from '../../clock.ts';
import { Key } from '../../parts/Key.tsx';
import { Asked } from '../../parts/Asked.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { words } from '../../words/words.ts';
import css from './InboxPage.module.css';
import { OrderView } from './OrderView.tsx';
import { WaitingRow } from './WaitingRow.tsx';
import { Inbox, OrderChanged, type WaitingOrder } from './inbox.graphql.ts';
import { type Standing, standingOf } from './standing.ts';
import { type Read, useReadOrders } from './use-read-orders.ts';
import { type SetsByHash, useSets } from './use-sets.ts';

const MINUTE_MS = 60_000;

interface Judged extends Read<WaitingOrder> {
  readonly standing: Standing;
}

export function InboxPage({ parts }: PageProps) {
  const id = parts[0] ?? null;
  const asked = useAsk(Inbox, {});
  const sets = useSets();
  const nodes = useMemo(() => asked.data?.orders.edges.map(({ node }) => node), [asked.data]);
  const orders = useJudged(nodes, sets);
  const [{ data: news }] = useSubscription({ query: OrderChanged });
  const { again } = asked;
  useEffect(() => again(), [news, again]);
  const mine = orders?.filter(({ standing }) => standing.mayApprove) ?? [];
  const others = orders?.filter(({ standing }) => !standing.mayApprove) ?? [];
  useStepKeys([...mine, ...others], id);
  return (
    <div className={css.page} data-open={id !== null}>
      <section className={css.list}>
        <header className={css.title}>
          <h1>{words.rooms.inbox}</h1>
          <Link to="/orders/new">{words.asking.open}</Link>
        </header>
        <Asked asked={asked}>
          {() => (
            <>
              <Group title={words.inbox.forYou} orders={mine} open={id} />
              {orders !== null && mine.length === 0 && <Notice title={words.inbox.empty(others.length)} />}
              <Group title={words.inbox.notYours} orders={others} open={id} />
            </>
          )}
        </Asked>
        <p className={css.keys}>
          <Key>J</Key> <Key>K</Key> {words.inbox.step} <Key>?</Key> {words.inbox.allKeys}
        </p>
      </section>
      {id === null ? (
        <p className={css.choose}>{words.inbox.choose}</p>
      ) : (
        <OrderView key={id} id={id} sets={sets} news={news?.orderChanged ?? null} />
      )}
    </div>
  );
}

function useJudged(nodes: readonly WaitingOrder[] | undefined, sets: SetsByHash | null): readonly Judged[] | null {
  const viewer = useViewer();
  const now = useNow(MINUTE_MS);
  const read = useReadOrders(nodes);
  return useMemo(() => {
    if (read === null || sets === null) return null;
    return read.map((one) => {
      const set = sets.get(textOf(one.order, 'approverSet')) ?? null;
      const { state, approvers } = one.told;
      return { ...one, standing: standingOf(viewer, { order: one.order, state, approvers, set, now }) };
    });
  }, [read, sets, viewer, now]);
}

function useStepKeys(orders: readonly Judged[], id: string | null): void {
  const step = (by: number): void => {
    const at = orders.findIndex(({ told }) => told.id === id);
    const to = orders[at < 0 ? 0 : Math.max(0, at + by)];
    if (to !== undefined) go(`/inbox/${to.told.id}`);
  };
  usePageKeys({ j: () => step(1), k: () => step(-1), Escape: () => go('/inbox'), n: () => go('/orders/new') });
}

interface GroupProps {
  readonly title: string;
  readonly orders: readonly Judged[];
  readonly open: string | null;
}

function Group({ title, orders, open }: GroupProps) {
  if (orders.length === 0) return null;
  return (
    <section>
      <h3 className={css.group}>{title}</h3>
      <ul>
        {orders.map(({ told, order, standing }) => (
          <WaitingRow key={told.id} told={told} order={order} standing={standing} isOpen={told.id === open} />
        ))}
      </ul>
    </section>
  );
}
