/** Witness of trust: a signing key comes on a station's list only by an order that names both, and by its birth. */
import type { TrustListCommand } from '#libs/domain/trust-list/trust-list.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import type { KeyState } from '#libs/kernel/key-state.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';
import { witnessApproved } from './order.ts';

/** A key that rests or is gone comes back by an order of another kind, or never. */
const MAY_BE_TRUSTED: readonly KeyState[] = ['pre-active', 'active'];

export function witnessTrust(
  facts: Facts,
  it: { readonly order: string; readonly station: string; readonly now: Seconds },
): Extract<TrustListCommand, { do: 'TrustSigningKey' }> | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'trust-signing-key', now: it.now });
  if (isRefusal(order)) return order;
  if (!order.stations.includes(it.station) || !facts.stations.has(it.station))
    return refuse('STATION_NOT_IN_ORDER', 'The order does not name this station, or it is not registered.');
  const key = facts.cards.get(order.card)?.key;
  if (key == null || key.cardKey !== order.cardKey)
    return refuse('KEY_UNKNOWN', 'No card of this name holds this signing key.');
  if (!MAY_BE_TRUSTED.includes(facts.cards.get(order.card)?.keyState ?? 'destroyed'))
    return refuse(
      'KEY_DISABLED',
      'The signing key was disabled or suspended; no station comes to trust it by this order.',
    );
  if (hashId(fromBase64url(key.birth) ?? new Uint8Array()) !== order.birth)
    return refuse('BIRTH_OTHER', 'The order names another birth statement than the one on record.');
  return { do: 'TrustSigningKey', cardKey: order.cardKey, order: it.order };
}
