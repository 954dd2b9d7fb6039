/** SELECT (ISO 7816-4 §11.2.2): names the application; nothing else works before it. */
import { APPLICATION_ID, STATUS } from '#libs/chip-card-protocol/commands.ts';
import { equal } from '#libs/kernel/bytes.ts';
import { type CardCommand, no, ok } from '../context.ts';

export const select: CardCommand = (card, { data }) => {
  if (!equal(data, APPLICATION_ID)) return no(STATUS.NOT_FOUND, 'APPLICATION_UNKNOWN');
  card.session.selected = true;
  return ok();
};
