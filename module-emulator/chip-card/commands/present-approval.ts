/** PRESENT APPROVAL: one person's signature over the presented order, or his passkey's assertion, checked here and now. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeApproval } from '#libs/chip-card-protocol/approval-field.ts';
import { judgeApproval } from '#libs/approval/approval.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok, refused } from '../context.ts';

/** No order needs more; a flood of signatures is refused, not counted. */
const APPROVALS_MAX = 16;

export const presentApproval: CardCommand = (card, { data }) => {
  const { presented } = card.session;
  if (presented === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  if (presented.signers.length === APPROVALS_MAX) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'TOO_MANY_APPROVALS');
  const proof = decodeApproval(data);
  if (isRefusal(proof)) return no(STATUS.WRONG_DATA, proof.code);
  const signer = judgeApproval(presented.it, { bytes: presented.bytes, proof }, card.laws.fourEyes);
  if (isRefusal(signer)) return refused(signer);
  card.session.presented = { ...presented, signers: [...presented.signers, signer] };
  return ok();
};
