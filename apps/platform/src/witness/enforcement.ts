/** Whether the policy lets in the unit that an order names: refused when it is asked for, not only when it was used. */
import { decodeBirth } from '#libs/chip-card-protocol/statements.ts';
import type { OrderCase } from '#libs/approval/approval.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { CardFacts } from '../board-facts.ts';

/** ENFORCEMENT_FORBIDDEN for a signing key that signs for whoever has its PIN, where the rule lets in none. */
export function forbiddenEnforcement(
  cards: Iterable<Pick<CardFacts, 'key'>>,
  { order, rule }: Pick<OrderCase, 'order' | 'rule'>,
): Refusal | null {
  if (order.kind !== 'personalize' && order.kind !== 'trust-signing-key') return null;
  const key = [...cards].find((one) => one.key?.cardKey === order.cardKey)?.key ?? null;
  const birth = key === null ? null : decodeBirth(fromBase64url(key.birth) ?? new Uint8Array());
  if (birth === null || isRefusal(birth) || birth.enforcement === 'device' || rule?.enforcement === 'host') return null;
  return refuse(
    'ENFORCEMENT_FORBIDDEN',
    'The policy allows here no unit that leaves its law to its host; name the key of a card that checks by itself.',
  );
}
