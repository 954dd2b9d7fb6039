/** GET CHALLENGE (ISO 7816-4 §11.5.3): 32 octets, one outstanding, bound to the presented order. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { type CardCommand, no, ok } from '../context.ts';

export const getChallenge: CardCommand = (card) => {
  if (card.session.presented === null) return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  card.session.voidChallenge();
  card.session.challenge = card.random(32);
  return ok(card.session.challenge);
};
