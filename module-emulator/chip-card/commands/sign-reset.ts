/**
 * SIGN RESET (S26e): the ticket by which a module erases its key. Serial, epoch and, for a transfer, the other
 * deployment stand in the order that two persons signed; only the module's 32 octets come from outside.
 */
import { judgeQuorum } from '#libs/approval/approval.ts';
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import type { ResetOrder, TransferOrder } from '#libs/kernel/order.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { encodeResetTicket } from '#libs/personalization-protocol/reset-ticket.ts';
import { type Card, type CardCommand, no, ok, refused } from '../context.ts';
import { leaseOf, withLeaseUsed } from '../lease.ts';
import type { Presented } from '../session.ts';

export const signReset: CardCommand = (card, { data: nonce }) => {
  const { presented } = card.session;
  const order = presented?.it.order;
  if (presented === null || (order?.kind !== 'reset' && order?.kind !== 'transfer'))
    return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  if (nonce.length !== 32) return no(STATUS.WRONG_LENGTH, 'NONCE_LENGTH');
  const refusal = judgeReset(card, presented, order);
  if (refusal === null) card.remember(withLeaseUsed(card));
  card.session.voidChallenge();
  if (refusal !== null) return refused(refusal);
  const newGenesis = order.kind === 'transfer' ? fromBase64url(order.newGenesis) : null;
  const { serial, epoch } = order;
  const ticket = encodeResetTicket({ serial, epoch, nonce, orderHash: sha256(presented.bytes), newGenesis });
  return ok(card.keys.sign(card.memory.signingKey ?? '', ticket));
};

function judgeReset(card: Card, presented: Presented, order: ResetOrder | TransferOrder): Refusal | null {
  const quorum = judgeQuorum(presented.it, presented.signers, card.laws.fourEyes);
  if (quorum !== null) return quorum;
  const leased = leaseOf(card);
  if (leased === null) return refuse('LEASE_MISSING', 'Put a lease for the challenge first.');
  return judge(card.laws.use, { order, orderHash: sha256(presented.bytes), ...leased });
}
