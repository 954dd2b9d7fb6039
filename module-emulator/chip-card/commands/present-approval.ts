/** PRESENT APPROVAL: one person's signature over the presented order, checked here and now. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeFields } from '#libs/chip-card-protocol/fields.ts';
import { judgeApproval } from '#libs/approval/approval.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, no, ok, refused } from '../context.ts';

/** No order needs more; a flood of signatures is refused, not counted. */
const APPROVALS_MAX = 16;

export const presentApproval: CardCommand = (card, { data }) => {
  const { presented } = card.session;
  if (presented === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  if (presented.signers.length === APPROVALS_MAX) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'TOO_MANY_APPROVALS');
  const fields = decodeFields(data, 2);
  if (isRefusal(fields)) return no(STATUS.WRONG_DATA, fields.code);
  const [header = '', signature = ''] = fields.map((field) => Buffer.from(field).toString('latin1'));
  const proof = { protected: header, signature };
  const signer = judgeApproval(presented.it, { bytes: presented.bytes, proof }, card.laws.fourEyes);
  if (isRefusal(signer)) return refused(signer);
  card.session.presented = { ...presented, signers: [...presented.signers, signer] };
  return ok();
};
