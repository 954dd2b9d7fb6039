/** Orders: who asked, approved, declined or withdrew is read from the signatures over the order's bytes, and nowhere else. */
import {
  type OrderCase,
  type Signer,
  judgeApproval,
  judgeOrder,
  judgeQuorum,
  whoSigned,
} from '#libs/approval/approval.ts';
import type { OrderEvent } from '#libs/domain/order/order.ts';
import { personalizationStream } from '#libs/domain/personalization/personalization.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { StatementType } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Order, type OrderKind, orderId } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { listsSerials } from '#libs/serial-tree/serial-tree.ts';
import { genesisOf, setOf } from './genesis.ts';
import { type Known, type OrderFacts, nameIn } from './known.ts';

type DataOf<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

const UNKNOWN = refuse('ORDER_UNKNOWN', 'No such order was requested before this in the log.');

const SUPERSEDED = refuse(
  'ORDER_OTHER_APPROVER_SET',
  'Another approver set had come into force since the order was written; it approves nothing any more.',
);

/** An order dies with the approver set that it was written under: its approvers may be none any more. */
function isInForce({ setInForce }: Known, { it }: OrderFacts): boolean {
  return it.order.approverSet === setInForce;
}

function orderOf(known: Known, { stream }: StoredEvent): OrderFacts | null {
  return known.orders.get(nameIn(stream, 'order-')) ?? null;
}

/** OrderRequested: canonical bytes of this deployment and set, named by their hash, signed by the requester they name. */
export function requested(known: Known, event: StoredEvent): Refusal | null {
  const data = event.data as DataOf<'OrderRequested'>;
  const id = nameIn(event.stream, 'order-');
  const bytes = ascii(data.bytes);
  const { hash: approverSet, bytes: setBytes } = setOf(known);
  const it = judgeOrder(bytes, { pins: { genesis: genesisOf(known).hash, approverSet }, setBytes });
  if (isRefusal(it)) return it;
  if (orderId(bytes) !== id)
    return refuse('ORDER_OTHER_ID', 'The order stands under an id that is not the hash of its bytes.');
  const signer = whoSigned(it, { bytes, proof: data.approval, type: 'keyledger-approval+jws' });
  if (isRefusal(signer)) return signer;
  if (signer.person !== it.order.requester || signer.person !== data.requester || !signer.roles.includes('requester'))
    return refuse('REQUESTER_ALTERED', `The request is signed by ${signer.person}, not by a requester of this name.`);
  if (!saysWhatItIs(it, data))
    return refuse('ORDER_ALTERED', 'Rule or serials of the record are not those of order and approver set.');
  const { serials } = data;
  known.orders.set(id, { id, it, bytes, serials, requested: event.position, approvals: [], ended: null });
  return null;
}

function saysWhatItIs({ order, rule }: OrderCase, { serials, persons, classA }: DataOf<'OrderRequested'>): boolean {
  const ordered = order.kind === 'personalize' ? order.serials : [];
  return persons === rule?.persons && classA === rule.classA && listsSerials(ordered, serials);
}

/** OrderApproved: the proof holds over exactly those bytes, and the record names him who signed. */
export function approved(known: Known, event: StoredEvent): Refusal | null {
  const { person, kid, class: keyClass, proof } = event.data as DataOf<'OrderApproved'>;
  const order = orderOf(known, event);
  if (order === null) return UNKNOWN;
  if (!isInForce(known, order)) return SUPERSEDED;
  const signer = judgeApproval(order.it, { bytes: order.bytes, proof });
  if (isRefusal(signer)) return signer;
  if (signer.person !== person || signer.kid !== kid || signer.keyClass !== keyClass)
    return refuse(
      'APPROVER_ALTERED',
      `The record names ${person} as approver; the signature is by ${signer.person} (class ${signer.keyClass}).`,
    );
  const approvals = [...order.approvals, { signer, position: event.position }];
  known.orders.set(order.id, { ...order, approvals });
  return null;
}

const ENDINGS = {
  OrderDeclined: { type: 'keyledger-decline+jws', ended: 'declined' },
  OrderWithdrawn: { type: 'keyledger-withdrawal+jws', ended: 'withdrawn' },
} as const satisfies Record<string, { readonly type: StatementType; readonly ended: OrderFacts['ended'] }>;

/** OrderDeclined, OrderWithdrawn: another type of statement over the same bytes, by the person named. */
export const declined = (known: Known, event: StoredEvent) => endedBy(known, event, ENDINGS.OrderDeclined);
export const withdrawn = (known: Known, event: StoredEvent) => endedBy(known, event, ENDINGS.OrderWithdrawn);

function endedBy(
  known: Known,
  event: StoredEvent,
  { type, ended }: (typeof ENDINGS)[keyof typeof ENDINGS],
): Refusal | null {
  const { person, proof } = event.data as DataOf<'OrderDeclined' | 'OrderWithdrawn'>;
  const order = orderOf(known, event);
  if (order === null) return UNKNOWN;
  const signer = whoSigned(order.it, { bytes: order.bytes, proof, type });
  if (isRefusal(signer)) return signer;
  if (signer.person !== person)
    return refuse('SIGNER_ALTERED', `The record names ${person}; the signature is by ${signer.person}.`);
  known.orders.set(order.id, { ...order, ended, endedAt: event.recordedAt });
  return null;
}

export function expired(known: Known, event: StoredEvent): Refusal | null {
  const order = orderOf(known, event);
  if (order === null) return UNKNOWN;
  known.orders.set(order.id, { ...order, ended: order.ended ?? 'expired' });
  return null;
}

/** OrderSpent: by something that was really done under it. */
export function spent(known: Known, event: StoredEvent): Refusal | null {
  const { by, serial } = event.data as DataOf<'OrderSpent'>;
  const id = nameIn(event.stream, 'order-');
  const where = serial === null || by === personalizationStream(id, serial);
  return where && known.acts.has(actUnder(id, by))
    ? null
    : refuse('SPENT_BY_NOTHING', 'Nothing stands in that stream that was done under this order.');
}

export function actUnder(order: string, stream: string): string {
  return `${order} ${stream}`;
}

export function signersOf({ approvals }: OrderFacts): readonly Signer[] {
  return approvals.map(({ signer }) => signer);
}

/** The order behind an act: of this kind, not ended, and with its quorum, all of it before the act in the log. */
export function approvedOrder<Kind extends OrderKind>(
  known: Known,
  id: string,
  kind: Kind,
): Extract<Order, { kind: Kind }> | Refusal {
  const facts = known.orders.get(id);
  if (facts === undefined) return UNKNOWN;
  const { it, ended } = facts;
  if (!isOfKind(it.order, kind)) return refuse('ORDER_OTHER_KIND', `This needs an order of kind ${kind}.`);
  if (!isInForce(known, facts)) return SUPERSEDED;
  if (ended !== null) return refuse('ORDER_ENDED', `The order had been ${ended} before this.`);
  return judgeQuorum(it, signersOf(facts)) ?? it.order;
}

function isOfKind<Kind extends OrderKind>(order: Order, kind: Kind): order is Extract<Order, { kind: Kind }> {
  return order.kind === kind;
}
