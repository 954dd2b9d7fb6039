/** UNBLOCK (RESET RETRY COUNTER, ISO 7816-4 §11.6.10): both custodians give the technician a new PIN and all his tries. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { type CardCommand, no, ok } from '../context.ts';
import { newPin } from '../memory.ts';

export const unblock: CardCommand = (card, { data }) => {
  if (data.length < 4 || data.length > 12) return no(STATUS.WRONG_LENGTH, 'PIN_LENGTH');
  const technician = newPin(Buffer.from(data).toString('latin1'), card.memory.pins.technician.cost);
  card.remember({ ...card.memory, pins: { ...card.memory.pins, technician } });
  card.session.verified.delete('technician');
  return ok();
};
