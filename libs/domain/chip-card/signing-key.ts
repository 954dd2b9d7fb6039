/** How a card's signing key moves along NIST SP 800-57's states, and why it does not. */
import { type KeyState, mayMove } from '#libs/kernel/key-state.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export const CARD_RETIRED = refuse('CARD_RETIRED', 'The card was retired for good; issue another one.');

/** Why a key in this state does not make the move asked for. */
export function mayNot(key: KeyState): Refusal {
  if (isCompromised(key))
    return refuse('KEY_COMPROMISED', 'The signing key is compromised for ever; issue another card.');
  if (key === 'deactivated' || key === 'destroyed') return CARD_RETIRED;
  if (key === 'suspended')
    return refuse('KEY_SUSPENDED', 'The signing key is suspended; only an order to trust it again ends that.');
  if (key === 'active') return refuse('KEY_ACTIVE', 'The signing key is in use; suspend it first.');
  return refuse('KEY_NOT_ACTIVE', 'The card was not activated yet; activate it first, or declare its key compromised.');
}

export function isCompromised(key: KeyState): boolean {
  return key === 'compromised' || key === 'destroyed-compromised';
}

export function compromisedFrom(key: KeyState): KeyState {
  if (isCompromised(key)) return key;
  return mayMove(key, 'compromised') ? 'compromised' : 'destroyed-compromised';
}

export function retiredFrom(key: KeyState): KeyState {
  return (['deactivated', 'destroyed'] as const).find((to) => mayMove(key, to)) ?? key;
}
