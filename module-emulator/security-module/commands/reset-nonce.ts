/** RESET NONCE: 32 octets that a card's ticket must name; one is outstanding, and it is gone with the power. */
import { randomOctets } from '#libs/kernel/ids.ts';
import type { AnswerOf } from '#libs/personalization-protocol/messages.ts';
import type { ModuleParts } from '../module-parts.ts';

export function resetNonce({ powered }: ModuleParts): AnswerOf<'NonceGiven'> {
  powered.resetNonce = randomOctets(32);
  return { type: 'NonceGiven', nonce: powered.resetNonce };
}
