/** A card certifies modules of one manufacturer alone: told when somebody asks, not only when card or module refuse. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';

const OTHER = refuse(
  'CARD_OTHER_MANUFACTURER',
  'The card is certified by another manufacturer than the module; name the key of a card for the modules of this one.',
);

/** CARD_OTHER_MANUFACTURER where a module on record was made by another than the one who certified the card. */
export function otherManufacturer(facts: Facts, cardKey: string, serials: readonly string[]): Refusal | null {
  const card = [...facts.cards.values()].find((one) => one.key?.cardKey === cardKey);
  if (card === undefined) return null;
  const maker = facts.makers.cards.get(card.card);
  const foreign = (serial: string): boolean => (facts.makers.modules.get(serial) ?? maker) !== maker;
  return serials.some(foreign) ? OTHER : null;
}
