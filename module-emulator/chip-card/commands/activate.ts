/** ACTIVATE (S06a): an issued card refuses to sign until two approvers, neither a custodian, had its order presented. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { judgeQuorum } from '#libs/approval/approval.ts';
import { type CardCommand, no, ok, refused } from '../context.ts';

export const activate: CardCommand = (card) => {
  if (card.memory.life === 'active') return ok();
  if (card.memory.life !== 'issued') return no(STATUS.CONDITIONS_NOT_SATISFIED, 'CARD_NOT_ISSUED');
  const { presented } = card.session;
  if (presented?.it.order.kind !== 'issue-card') return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  const refusal = judgeQuorum(presented.it, presented.signers, card.laws.fourEyes);
  if (refusal !== null) return refused(refusal);
  card.remember({ ...card.memory, life: 'active' });
  return ok();
};
