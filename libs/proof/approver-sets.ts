/** The approver sets after the first: each adopted by an order that the set before it approved, and by nothing else. */
import type { Adoption } from '#libs/domain/approver-set/approver-set.ts';
import { approverSetHash, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { judgeDisjoint } from '#libs/kernel/operator.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { setOf } from './genesis.ts';
import type { Known } from './known.ts';
import { credentialsThatSignIn } from './operators.ts';
import { actUnder, approvedOrder } from './orders.ts';

const NOT_APPROVED = refuse('SET_NOT_APPROVED', 'An approver set was adopted that no approved order stands behind.');

/** ApproverSetAdopted. */
export function adopted(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const { hash, document, version, previous, order: id } = data as Adoption;
  const bytes = ascii(document);
  const inForce = setOf(known);
  if (id === null)
    return version === inForce.set.version && hash === inForce.hash && approverSetHash(bytes) === hash
      ? null
      : NOT_APPROVED;
  const order = approvedOrder(known, id, 'adopt-approver-set');
  if (isRefusal(order)) return order;
  const set = parseApproverSet(bytes);
  if (isRefusal(set)) return set;
  const asOrdered =
    order.set === hash &&
    approverSetHash(bytes) === hash &&
    order.version === version &&
    set.version === version &&
    order.previous === previous &&
    set.previous === previous &&
    previous === inForce.hash &&
    version === inForce.set.version + 1;
  if (!asOrdered)
    return refuse('SET_OTHER_THAN_ORDERED', 'The approver set is not the one that the approved order names.');
  const refusal = judgeDisjoint(set, credentialsThatSignIn(known));
  if (refusal !== null) return refusal;
  known.sets.set(hash, { hash, bytes, set });
  known.setInForce = hash;
  known.acts.add(actUnder(id, stream));
  return null;
}
