/** The order on paper: everything here is rendered from the signed bytes, and all of them are. */
import type { ReactNode } from 'react';
import { Link } from '../../app/Link.tsx';
import { type Json, canonical, isList } from '../../checks/canonical.ts';
import { type ReadOrder, modulesOf } from '../../checks/order.ts';
import { Bytes, Copy } from '../../parts/Bytes.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Fingerprint } from '../../parts/Fingerprint.tsx';
import { ProofTag } from '../../parts/Proof.tsx';
import { Sheet } from '../../parts/Sheet.tsx';
import { PlatformWord } from '../../parts/Platform.tsx';
import { minute, number } from '../../words/format.ts';
import { MEMBER_LABELS, TIMES, requestOf } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import css from './OrderView.module.css';
import type { ToldOrder } from './OrderView.tsx';

interface OrderSheetProps {
  readonly told: ToldOrder;
  readonly order: ReadOrder;
}

export function OrderSheet({ told, order }: OrderSheetProps) {
  const isSame = order.id === told.id;
  return (
    <Sheet failed={!isSame}>
      <p className={css.caption}>
        <strong>{words.inbox.rendered}</strong>
        <span>{words.inbox.nothingLeftOut(number(told.bytes.length))}</span>
      </p>
      <p className={css.request}>{requestOf(order)}</p>
      <p className={css.caption}>
        <strong>
          {words.inbox.fingerprint} <Copy text={order.id} />
        </strong>
        <ProofTag state={isSame ? 'proved' : 'failed'} proved={words.inbox.hashed} failed={words.inbox.otherBytes} />
      </p>
      <p className={css.fingerprint}>
        <Fingerprint value={order.id} size="large" />
      </p>
      <Facts
        labels={136}
        facts={membersOf(order).map(([name, label]) => ({
          label,
          value: <Member name={name} order={order} told={told} />,
        }))}
      />
      <div className={css.bytes}>
        <Bytes text={told.bytes} folded={2000} />
      </div>
    </Sheet>
  );
}

/** Every member of the bytes, those that are known first and in their order. */
function membersOf({ members }: ReadOrder): readonly (readonly [string, string])[] {
  const known = MEMBER_LABELS.filter(([name]) => Object.hasOwn(members, name));
  const others = Object.keys(members).filter((name) => !MEMBER_LABELS.some(([one]) => one === name));
  return [...known, ...others.map((name) => [name, name] as const)];
}

const HASH = /^[A-Za-z0-9_-]{22,43}$/;

function Member({
  name,
  order,
  told,
}: {
  readonly name: string;
  readonly order: ReadOrder;
  readonly told: ToldOrder;
}): ReactNode {
  const value = order.members[name] ?? null;
  if (name === 'serials') return <Modules order={order} told={told} />;
  if (typeof value === 'number' && TIMES.includes(name)) return `${minute(value)} UTC`;
  if (typeof value === 'string' && HASH.test(value) && value.length > 21) return <Fingerprint value={value} />;
  return <span className="mono">{textOf(value)}</span>;
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return isList(value) ? value.map(textOf).join(', ') : canonical(value);
}

/** Named one by one, or by the root of their list; then the list is the platform's word. */
function Modules({ order, told }: OrderSheetProps) {
  const { count, root } = modulesOf(order);
  const list = (
    <ul className={css.modules}>
      {told.serials.map((serial) => (
        <li key={serial}>
          <Link to={`/fleet/${serial}`} className="mono">
            {serial}
          </Link>
        </li>
      ))}
    </ul>
  );
  if (root === null) return list;
  return (
    <>
      {words.inbox.listRoot(count)} <Fingerprint value={root} />
      <PlatformWord>{words.inbox.listTold}</PlatformWord>
      {list}
    </>
  );
}
