/** Orders as far as they have come: folded by the order's own decider, so that a view never says other than the record decides. */
import { type KnownOrder, type OrderEvent, orderDecider } from '#libs/domain/order/order.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import type { Order } from '#libs/kernel/order.ts';
import { type Moved, type Row, begun, behind, viewOf, withOne } from '../view.ts';

export interface OrderRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly state: KnownOrder['is'];
  readonly kind: string;
  readonly requester: string;
  readonly site: string;
  readonly moduleClass: string;
  readonly unit: string | null;
  readonly station: string | null;
  readonly bytes: string;
  readonly persons: number;
  readonly classA: number;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly reportBy: string;
  readonly serials: string;
  /** Each with its proof, in log order. */
  readonly approvals: string;
  readonly taken: string;
  readonly spent: string;
  readonly overdue: string;
  /** When the last approval that was needed was recorded. */
  readonly approvedAt: string | null;
  readonly ending: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

/** One approval as the view keeps it; `at` in seconds. */
export interface ApprovalCell {
  readonly person: string;
  readonly kid: string;
  readonly class: 'A' | 'B';
  readonly at: number;
  readonly protected: string;
  /** Of the event. */
  readonly position: string;
  readonly signature: string;
}

export const orderView = viewOf<OrderRow, OrderEvent>({
  name: 'order_view',
  columns: [
    'id',
    'since',
    'state',
    'kind',
    'requester',
    'site',
    'moduleClass',
    'unit',
    'station',
    'bytes',
    'persons',
    'classA',
    'notBefore',
    'notAfter',
    'reportBy',
    'serials',
    'approvals',
    'taken',
    'spent',
    'overdue',
    'approvedAt',
    'ending',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: [
    'OrderRequested',
    'OrderApproved',
    'OrderDeclined',
    'OrderWithdrawn',
    'OrderExpired',
    'OrderTaken',
    'OrderSpent',
    'OrderOverdue',
  ],
  keysOf: (_fact, { stream }) => [behind('order-', stream)],
  apply: (row, moved) => {
    const { fact, at } = moved;
    if (fact.type === 'OrderRequested') return requested(moved, fact.data);
    if (row === null) return null;
    const next = orderDecider.evolve(stateOf(row), fact);
    if (next.is === 'unknown') return row;
    const { is: state, taken, spent, overdue } = next;
    return {
      ...row,
      state,
      approvals:
        fact.type === 'OrderApproved' ? withOne(row.approvals, approvalCell(fact.data, at.position)) : row.approvals,
      taken: JSON.stringify(taken),
      spent: JSON.stringify(spent),
      overdue: JSON.stringify(overdue),
      approvedAt: row.approvedAt ?? (state === 'approved' ? at.lastAt : null),
      ending: endedBy(fact, at.lastAt) ?? row.ending,
      ...at,
    };
  },
});

type Requested = Extract<OrderEvent, { type: 'OrderRequested' }>['data'];

function requested(moved: Moved<OrderEvent>, data: Requested): OrderRow {
  const order = JSON.parse(data.bytes) as Order; // parsed strictly before it was recorded
  return {
    ...begun(moved),
    state: 'requested',
    kind: order.kind,
    requester: data.requester,
    site: order.site,
    moduleClass: order.moduleClass,
    unit: 'unit' in order ? order.unit : null,
    station: 'station' in order ? order.station : null,
    bytes: data.bytes,
    persons: data.persons,
    classA: data.classA,
    notBefore: rfc3339Of(order.notBefore),
    notAfter: rfc3339Of(order.notAfter),
    reportBy: rfc3339Of(order.reportBy),
    serials: JSON.stringify(data.serials),
    approvals: '[]',
    taken: '[]',
    spent: '[]',
    overdue: '[]',
    approvedAt: null,
    ending: null,
  };
}

/** Who ended an order by his signature; `at` RFC 3339. */
export interface EndingCell {
  readonly how: 'declined' | 'withdrawn';
  readonly person: string;
  readonly at: string;
}

function endedBy(fact: OrderEvent, at: string): string | null {
  if (fact.type !== 'OrderDeclined' && fact.type !== 'OrderWithdrawn') return null;
  const how = fact.type === 'OrderDeclined' ? 'declined' : 'withdrawn';
  return JSON.stringify({ how, person: fact.data.person, at } satisfies EndingCell);
}

function approvalCell(
  { person, kid, class: keyClass, at, proof }: Extract<OrderEvent, { type: 'OrderApproved' }>['data'],
  position: string,
): ApprovalCell {
  return { person, kid, class: keyClass, at, protected: proof.protected, signature: proof.signature, position };
}

/** The decider's state, from what the row keeps. Of two approvals of one person the better class counts, as the decider has it. */
function stateOf(row: OrderRow): KnownOrder {
  const approvals = new Map<string, { person: string; class: 'A' | 'B' }>();
  for (const { person, class: keyClass } of JSON.parse(row.approvals) as ApprovalCell[])
    approvals.set(person, { person, class: keyClass });
  return {
    is: row.state,
    order: JSON.parse(row.bytes) as Order,
    rule: { persons: row.persons, classA: row.classA },
    serials: JSON.parse(row.serials) as string[],
    approvals: [...approvals.values()],
    taken: JSON.parse(row.taken) as KnownOrder['taken'],
    spent: JSON.parse(row.spent) as KnownOrder['spent'],
    overdue: JSON.parse(row.overdue) as string[],
  };
}
