/** VERIFY (ISO 7816-4 §11.6.6): a PIN. The try is counted, durably, before it is compared. */
import { PIN_OWNERS, type PinOwner, STATUS } from '#libs/chip-card-protocol/commands.ts';
import { type Card, type CardCommand, no, ok } from '../context.ts';
import { PIN_TRIES, type Pin, pinHolds } from '../memory.ts';

export const verify: CardCommand = (card, { p2, data }) => {
  const owner = (Object.keys(PIN_OWNERS) as PinOwner[]).find((one) => PIN_OWNERS[one] === p2);
  if (owner === undefined) return no(STATUS.WRONG_PARAMETERS, 'PIN_OWNER_UNKNOWN');
  const pin = card.memory.pins[owner];
  if (pin.triesLeft === 0) return no(STATUS.PIN_BLOCKED, 'PIN_BLOCKED');
  if (data.length < 4 || data.length > 12) return no(STATUS.WRONG_LENGTH, 'PIN_LENGTH');
  const triesLeft = pin.triesLeft - 1;
  keepPin(card, owner, { ...pin, triesLeft });
  if (!pinHolds(pin, Buffer.from(data).toString('latin1'))) {
    card.session.verified.delete(owner);
    return triesLeft === 0 ? no(STATUS.PIN_BLOCKED, 'PIN_BLOCKED') : no(STATUS.PIN_WRONG + triesLeft, 'PIN_WRONG');
  }
  keepPin(card, owner, { ...pin, triesLeft: PIN_TRIES });
  card.session.verified.add(owner);
  return ok();
};

function keepPin(card: Card, owner: PinOwner, pin: Pin): void {
  card.remember({ ...card.memory, pins: { ...card.memory.pins, [owner]: pin } });
}
