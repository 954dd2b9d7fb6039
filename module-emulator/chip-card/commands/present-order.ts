/** PRESENT ORDER: the exact bytes that two persons signed, held against the card's own pins. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { judgeOrder } from '#libs/approval/approval.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type CardCommand, cardKeyOf, heldBy, no, ok, refused } from '../context.ts';
import { publicSpki } from '../memory.ts';

export const presentOrder: CardCommand = (card, { data }) => {
  if (card.memory.customer === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPROVER_SET_MISSING');
  const it = judgeOrder(data, heldBy(card.memory), card.laws.fourEyes);
  if (isRefusal(it)) return refused(it);
  const { card: number, deviceKey } = card.memory;
  const { enforcement } = card.keys;
  const own = { card: number, cardKey: cardKeyOf(card.memory), deviceKey: hashId(publicSpki(deviceKey)), enforcement };
  const refusal = judge(card.laws.present, { it, ...own });
  if (refusal !== null) return refused(refusal);
  card.session.present({ bytes: data, it, signers: [] });
  return ok();
};
