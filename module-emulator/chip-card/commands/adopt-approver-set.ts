/**
 * PUT APPROVER SET for a later set: the order to adopt it was presented and has the quorum of the set that the card
 * holds. Everything signed from here on is judged by the new set; a lease under the old one is gone.
 */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { judgeQuorum } from '#libs/approval/approval.ts';
import { approverSetHash, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { judge } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok, refused } from '../context.ts';

export const adoptApproverSet: CardCommand = (card, { data }) => {
  const { memory, session, laws } = card;
  const { presented } = session;
  if (memory.customer === null || presented?.it.order.kind !== 'adopt-approver-set')
    return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  const quorum = judgeQuorum(presented.it, presented.signers, laws.fourEyes);
  if (quorum !== null) return refused(quorum);
  const set = parseApproverSet(data);
  if (isRefusal(set)) return no(STATUS.WRONG_DATA, set.code);
  const { pins, set: before } = presented.it;
  const held = { hash: pins.approverSet, version: before.version };
  const refusal = judge(laws.adopt, { order: presented.it.order, set, setHash: approverSetHash(data), held });
  if (refusal !== null) return refused(refusal);
  card.remember({
    ...memory,
    customer: { ...memory.customer, approverSet: toBase64url(data) },
    keptLease: null,
  });
  session.forget();
  return ok();
};
