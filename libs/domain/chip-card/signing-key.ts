/** How a card's signing key moves along NIST SP 800-57's states, by which orders, and why it does not (S29c). */
import type { Fact } from '#libs/kernel/decider.ts';
import { type KeyState, mayMove } from '#libs/kernel/key-state.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';

export const CARD_RETIRED = refuse('CARD_RETIRED', 'The card was retired for good; issue another one.');
const ORDER_USED = refuse('ORDER_USED', 'This order has already had its effect on the key; request a new one.');
const NOT_SUSPENDED = refuse('NOT_SUSPENDED', 'The key is not suspended by this order any more; there is nothing due.');

interface KeyOrder {
  readonly cardKey: string;
  readonly order: string;
  readonly reason: string;
}

/** The moment from which on a key is disabled: size and root of the log's tree, and the log key's signed note of them. */
export interface SignedMoment {
  readonly size: number;
  /** base64url. */
  readonly root: string;
  readonly note: string;
}

export interface Deactivation extends KeyOrder {
  /** Modules in operation that it shuts out, as those who signed the order saw it. */
  readonly modules: number;
  /** Null disables strictly: nothing outlives it. */
  readonly from: SignedMoment | null;
}

export type SigningKeySuspended = Fact<'SigningKeySuspended', KeyOrder>;
/** Nobody decided within the policy's limit what becomes of a key that was suspended by this order. */
export type SuspensionOverdue = Fact<'SuspensionOverdue', { readonly cardKey: string; readonly order: string }>;
/** The review trusts the key again, by the order named; its other outcomes are SigningKeyDeactivated and SigningKeyCompromised. */
export type SuspensionReviewed = Fact<'SuspensionReviewed', { readonly cardKey: string; readonly by: string }>;
/** Disabled in good order, strictly or from a moment on: deactivated, not compromised. */
export type SigningKeyDeactivated = Fact<'SigningKeyDeactivated', Deactivation>;
export type SigningKeyCompromised = Fact<'SigningKeyCompromised', KeyOrder>;
export type SigningKeyEvent =
  SigningKeySuspended | SuspensionOverdue | SuspensionReviewed | SigningKeyDeactivated | SigningKeyCompromised;

export type SuspendSigningKey = KeyOrder & { readonly do: 'SuspendSigningKey' };
export type TrustAgain = { readonly do: 'TrustAgain'; readonly cardKey: string; readonly order: string };
export type DeactivateSigningKey = Deactivation & { readonly do: 'DeactivateSigningKey' };
export type CompromiseSigningKey = KeyOrder & { readonly do: 'CompromiseSigningKey' };
export type MarkSuspensionOverdue = {
  readonly do: 'MarkSuspensionOverdue';
  readonly cardKey: string;
  readonly order: string;
};
export type SigningKeyCommand =
  SuspendSigningKey | TrustAgain | DeactivateSigningKey | CompromiseSigningKey | MarkSuspensionOverdue;

/** What of a card concerns its signing key. */
export interface SigningKey {
  readonly key: KeyState;
  readonly retired: boolean;
  /** Orders that ever moved the key: none does so twice. */
  readonly usedOrders: readonly string[];
  /** Orders by which it was suspended and not reviewed in time. */
  readonly overdue: readonly string[];
}

export const FRESH_KEY: SigningKey = { key: 'pre-active', retired: false, usedOrders: [], overdue: [] };

export function decideKey(command: SigningKeyCommand, state: SigningKey): readonly SigningKeyEvent[] | Refusal {
  const { key, usedOrders } = state;
  const { cardKey, order } = command;
  const isUsed = usedOrders.includes(order);
  switch (command.do) {
    case 'SuspendSigningKey':
      if (key === 'suspended') return [];
      if (!mayMove(key, 'suspended')) return mayNot(state);
      return isUsed ? ORDER_USED : [{ type: 'SigningKeySuspended', data: keyOrder(command) }];
    case 'TrustAgain':
      if (key === 'active' && usedOrders.at(-1) === order) return [];
      if (key !== 'suspended') return mayNot(state);
      return isUsed ? ORDER_USED : [{ type: 'SuspensionReviewed', data: { cardKey, by: order } }];
    case 'DeactivateSigningKey': {
      if (key === 'deactivated' && usedOrders.at(-1) === order) return [];
      if (!mayMove(key, 'deactivated')) return mayNot(state);
      const { modules, from } = command;
      const data = { ...keyOrder(command), modules, from };
      return isUsed ? ORDER_USED : [{ type: 'SigningKeyDeactivated', data }];
    }
    case 'CompromiseSigningKey':
      return isCompromised(key) ? [] : [{ type: 'SigningKeyCompromised', data: keyOrder(command) }];
    case 'MarkSuspensionOverdue':
      if (state.overdue.includes(order)) return [];
      if (key !== 'suspended' || usedOrders.at(-1) !== order) return NOT_SUSPENDED;
      return [{ type: 'SuspensionOverdue', data: { cardKey, order } }];
    default:
      return never(command);
  }
}

const OF_KEY: readonly string[] = [
  'SigningKeySuspended',
  'SuspensionOverdue',
  'SuspensionReviewed',
  'SigningKeyDeactivated',
  'SigningKeyCompromised',
] satisfies SigningKeyEvent['type'][];

export function isOfKey<Event extends Fact>(event: Event): event is Extract<Event, { type: SigningKeyEvent['type'] }> {
  return OF_KEY.includes(event.type);
}

export function moveKey(state: SigningKey, event: SigningKeyEvent): Omit<SigningKey, 'retired'> {
  const { key, usedOrders, overdue } = state;
  switch (event.type) {
    case 'SigningKeySuspended':
      return { key: 'suspended', usedOrders: [...usedOrders, event.data.order], overdue };
    case 'SuspensionOverdue':
      return { key, usedOrders, overdue: [...overdue, event.data.order] };
    case 'SuspensionReviewed':
      return { key: 'active', usedOrders: [...usedOrders, event.data.by], overdue };
    case 'SigningKeyDeactivated':
      return { key: 'deactivated', usedOrders: [...usedOrders, event.data.order], overdue };
    case 'SigningKeyCompromised':
      return { key: compromisedFrom(key), usedOrders, overdue };
    default:
      return never(event);
  }
}

/** Why a key in this state does not make the move asked for. */
export function mayNot({ key, retired }: SigningKey): Refusal {
  if (isCompromised(key))
    return refuse('KEY_COMPROMISED', 'The signing key is compromised for ever; issue another card.');
  if (retired) return CARD_RETIRED;
  if (key === 'deactivated' || key === 'destroyed')
    return refuse('KEY_DISABLED', 'The signing key was disabled for good; issue another card.');
  if (key === 'suspended')
    return refuse('KEY_SUSPENDED', 'The signing key is suspended; only an order to trust it again ends that.');
  if (key === 'active') return refuse('KEY_ACTIVE', 'The signing key is in use; suspend it first.');
  return refuse('KEY_NOT_ACTIVE', 'The card was not activated yet; activate it first, or declare its key compromised.');
}

function keyOrder({ cardKey, order, reason }: KeyOrder): KeyOrder {
  return { cardKey, order, reason };
}

function isCompromised(key: KeyState): boolean {
  return key === 'compromised' || key === 'destroyed-compromised';
}

export function compromisedFrom(key: KeyState): KeyState {
  if (isCompromised(key)) return key;
  return mayMove(key, 'compromised') ? 'compromised' : 'destroyed-compromised';
}

export function retiredFrom(key: KeyState): KeyState {
  return (['deactivated', 'destroyed'] as const).find((to) => mayMove(key, to)) ?? key;
}
