/** Drafts about chip cards and their keys: issued, trusted, suspended, compromised, trusted again, retired. */
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { CardKeyFacts, Facts } from '../board-facts.ts';
import type { Form, Particular } from './drafted.ts';

const KEY_UNKNOWN = refuse('CARD_UNKNOWN', 'No chip card of this name has a certified signing key.');
/** For orders that no module class narrows. */
export const ANY_CLASS = { moduleClass: 'none' } as const;

export function cardKeyIn({ cards }: Facts, card: string): CardKeyFacts | Refusal {
  return cards.get(card)?.key ?? KEY_UNKNOWN;
}

export interface CardIssue extends Form {
  readonly card: string;
  readonly deviceKey: string;
  readonly custodians: readonly string[];
  readonly enforcement: string;
}

export function cardIssue({ card, deviceKey, custodians, enforcement }: CardIssue): Particular {
  return { kind: 'issue-card', ...ANY_CLASS, card, deviceKey, custodians, enforcement };
}

/** Card, key and birth as they are on record: the officer compares them with what his own view holds. */
export function trusting(
  facts: Facts,
  { card, stations }: Form & { readonly card: string; readonly stations: readonly string[] },
  kind: 'trust-signing-key' | 'retrust-signing-key',
): Particular | Refusal {
  const key = cardKeyIn(facts, card);
  if (isRefusal(key)) return key;
  if (!stations.every((station) => facts.stations.has(station)))
    return refuse('STATION_UNKNOWN', 'No station of one of these names is registered.');
  const birth = hashId(fromBase64url(key.birth) ?? new Uint8Array());
  return { kind, ...ANY_CLASS, card, cardKey: key.cardKey, birth, stations };
}

export interface OfCard extends Form {
  readonly card: string;
  readonly reason: string;
}

export function disabling(
  facts: Facts,
  { card, reason }: OfCard,
  kind: 'suspend-signing-key' | 'compromise-signing-key',
): Particular | Refusal {
  const key = cardKeyIn(facts, card);
  return isRefusal(key) ? key : { kind, ...ANY_CLASS, cardKey: key.cardKey, reason };
}

export interface Disabling extends OfCard {
  /** Size and root of a sealed checkpoint: what was sealed before it stays good. */
  readonly checkpoint?: { readonly size: number; readonly root: string } | null;
}

/** With the number of modules that the record has today: who signs sees it, and it must still be so when it takes effect. */
export function deactivation(
  facts: Facts,
  { card, reason, checkpoint }: Disabling,
  modulesOf: (cardKey: string, from: number | null) => number,
): Particular | Refusal {
  const key = cardKeyIn(facts, card);
  if (isRefusal(key)) return key;
  const modules = modulesOf(key.cardKey, checkpoint?.size ?? null);
  const common = { kind: 'disable-signing-key', ...ANY_CLASS, cardKey: key.cardKey, modules, reason } as const;
  return checkpoint
    ? { ...common, mode: 'from-checkpoint', checkpoint: { ...checkpoint } }
    : { ...common, mode: 'strict' };
}

export interface DivergenceReview extends OfCard {
  readonly divergence: string;
  readonly number: number;
  readonly head: string;
}

export function divergenceReview(
  facts: Facts,
  { card, divergence, number, head, reason }: DivergenceReview,
): Particular | Refusal {
  const key = cardKeyIn(facts, card);
  return isRefusal(key) ? key : { kind: 'review-divergence', ...ANY_CLASS, card, divergence, number, head, reason };
}

export function cardRetirement(facts: Facts, { card, reason }: OfCard): Particular | Refusal {
  return facts.cards.has(card)
    ? { kind: 'retire-card', ...ANY_CLASS, card, reason }
    : refuse('CARD_UNKNOWN', 'No chip card of this name was issued.');
}
