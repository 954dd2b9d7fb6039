/** BLOCK (TERMINATE CARD USAGE, ISO 7816-9): for ever. The signing key is erased; log and log key stay, for the auditor. */
import { type CardCommand, ok } from '../context.ts';

export const block: CardCommand = (card) => {
  if (card.memory.life !== 'blocked')
    card.remember({ ...card.memory, life: 'blocked', signingKey: null, reserved: null, keptLease: null });
  card.session.forget();
  return ok();
};
