/** Witness of orders: checks who signed what, and hands the finding to the order's decider. */
import {
  type OrderCase,
  type Signer,
  checkApprovedOrder,
  judgeApproval,
  judgeOrder,
  whoSigned,
} from '#libs/approval/approval.ts';
import type { Finding, OrderCommand } from '#libs/domain/order/order.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Proof, StatementType } from '#libs/kernel/detached-jws.ts';
import { type Order, type OrderKind, orderId } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { isSerialTree } from '#libs/kernel/serials.ts';
import { listsSerials } from '#libs/serial-tree/serial-tree.ts';
import { otherManufacturer } from './card-serves.ts';
import { forbiddenEnforcement } from './enforcement.ts';
import type { Facts } from '../board-facts.ts';
import { setInForce } from '../people-facts.ts';

/** The deployment's pins and the approver set in force, as the platform holds them. */
export function held(facts: Facts): { pins: { genesis: string; approverSet: string }; setBytes: Uint8Array } {
  const { bytes: setBytes, hash: approverSet } = setInForce(facts);
  return { pins: { genesis: facts.genesis, approverSet }, setBytes };
}

function findingOf(signer: Signer): Finding {
  return {
    person: signer.person,
    kid: signer.kid,
    class: signer.keyClass,
    approver: signer.roles.includes('approver'),
  };
}

export function witnessRequest(
  facts: Facts,
  shown: { text: string; proof: Proof; now: Seconds; serials?: readonly string[] },
): { id: string; found: OrderCommand | Refusal } {
  const bytes = ascii(shown.text);
  const id = orderId(bytes);
  const it = judgeOrder(bytes, held(facts));
  if (isRefusal(it)) return { id, found: it };
  const { order, rule } = it;
  const signer = whoSigned(it, { bytes, proof: shown.proof, type: 'keyledger-approval+jws' });
  if (isRefusal(signer)) return { id, found: signer };
  if (signer.person !== order.requester || !signer.roles.includes('requester'))
    return {
      id,
      found: refuse(
        'NOT_THE_REQUESTER',
        'The order must be signed by the requester that it names, who holds that role.',
      ),
    };
  const forbidden = forbiddenEnforcement(facts.cards.values(), it);
  if (forbidden !== null) return { id, found: forbidden };
  const serials = serialsOf(order, shown.serials);
  if (isRefusal(serials)) return { id, found: serials };
  const foreign = order.kind === 'personalize' ? otherManufacturer(facts, order.cardKey, serials) : null;
  if (foreign !== null) return { id, found: foreign };
  const { persons = 0, classA = 0 } = rule ?? {};
  return {
    id,
    found: {
      do: 'RequestOrder',
      order,
      bytes: shown.text,
      serials,
      requesterFinding: findingOf(signer),
      rule: { persons, classA },
      proof: shown.proof,
      now: shown.now,
    },
  };
}

/** The whole list of serials: the order's own, or the one shown beside an order that holds only the root of its tree. */
function serialsOf(order: Order, shown: readonly string[] | undefined): readonly string[] | Refusal {
  const ordered = order.kind === 'personalize' ? order.serials : [];
  const list = shown ?? (isSerialTree(ordered) ? [] : ordered);
  return listsSerials(ordered, list)
    ? list
    : refuse('BAD_SERIALS', 'The list of serials is not the one that the order names; show exactly that one.');
}

/** An order on record, held against the platform's own pins, and its exact bytes. */
function orderOnRecord(facts: Facts, id: string): { it: OrderCase; bytes: Uint8Array } | Refusal {
  const order = facts.orders.get(id);
  if (order === undefined) return ORDER_UNKNOWN;
  const bytes = ascii(order.bytes);
  const it = judgeOrder(bytes, held(facts));
  return isRefusal(it) ? it : { it, bytes };
}

const ORDER_UNKNOWN = refuse('ORDER_UNKNOWN', 'No order of this id was requested here; check the id.');

export function witnessApproval(
  facts: Facts,
  { id, proof, now }: { id: string; proof: Proof; now: Seconds },
): OrderCommand | Refusal {
  const known = orderOnRecord(facts, id);
  if (isRefusal(known)) return known;
  const signer = judgeApproval(known.it, { bytes: known.bytes, proof });
  return isRefusal(signer) ? signer : { do: 'ApproveOrder', finding: findingOf(signer), proof, now };
}

const ENDINGS = {
  DeclineOrder: 'keyledger-decline+jws',
  WithdrawOrder: 'keyledger-withdrawal+jws',
} as const satisfies Record<string, StatementType>;

/** Decline and withdraw sign the same bytes under another type, so that neither can be taken for an approval. */
export function witnessEnding(
  facts: Facts,
  { id, proof, ...ending }: { id: string; proof: Proof; do: keyof typeof ENDINGS },
): OrderCommand | Refusal {
  const known = orderOnRecord(facts, id);
  if (isRefusal(known)) return known;
  const signer = whoSigned(known.it, { bytes: known.bytes, proof, type: ENDINGS[ending.do] });
  return isRefusal(signer) ? signer : { do: ending.do, finding: findingOf(signer), proof };
}

/** An order of this kind that its quorum allows to be carried out now. */
export function witnessApproved<K extends OrderKind>(
  facts: Facts,
  wanted: { id: string; kind: K; now: Seconds },
): Extract<Order, { kind: K }> | Refusal {
  const stored = facts.orders.get(wanted.id);
  if (stored === undefined) return ORDER_UNKNOWN;
  if (!isOfKind(stored.state.order, wanted.kind))
    return refuse('WRONG_ORDER_KIND', `This needs an order of kind ${wanted.kind}.`);
  if (stored.state.is === 'withdrawn' || stored.state.is === 'declined')
    return refuse(`ORDER_${stored.state.is.toUpperCase()}`, `The order was ${stored.state.is}; request a new one.`);
  const approved = checkApprovedOrder({ bytes: ascii(stored.bytes), approvals: stored.approvals }, held(facts));
  if (isRefusal(approved)) return approved;
  const { order } = stored.state;
  if (wanted.now < order.notBefore || wanted.now > order.notAfter)
    return refuse('ORDER_NOT_IN_TIME', 'The order may be used within its window only; request a new one.');
  return order;
}

function isOfKind<K extends OrderKind>(order: Order, kind: K): order is Extract<Order, { kind: K }> {
  return order.kind === kind;
}
