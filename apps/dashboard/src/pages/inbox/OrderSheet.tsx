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
import { number } from '../../words/format.ts';
import { requestOf, rowsOf, windowText } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import css from './OrderView.module.css';
import type { ToldOrder } from './shown.ts';

interface OrderSheetProps {
  readonly told: Pick<ToldOrder, 'id' | 'bytes' | 'serials'>;
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
        labels={112}
        facts={rowsOf(order).map(({ label, names }) => ({
          label,
          value: <Row names={names} order={order} told={told} />,
        }))}
      />
      <div className={css.bytes}>
        <Bytes text={told.bytes} folded={2000} />
      </div>
    </Sheet>
  );
}

const HASH = /^[A-Za-z0-9_-]{22,43}$/;

interface RowProps extends OrderSheetProps {
  readonly names: readonly string[];
}

function Row({ names, order, told }: RowProps): ReactNode {
  const window = windowText(order, names);
  if (window !== null) return window;
  if (names.includes('serials')) return <Modules order={order} told={told} />;
  const values = names.map((name) => order.members[name] ?? null);
  const [only] = values;
  if (values.length === 1 && typeof only === 'string' && HASH.test(only)) return <Fingerprint value={only} />;
  return <span className="mono">{values.map(textOf).join(', ')}</span>;
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
