/** The card's own log as it was reported, entry by entry: from 1, without a gap, each bound to the one before by its head. */
import { type LogEntry, FIRST_HEAD, decodeLogEntry, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import type { IssuedCertificate } from '#libs/domain/personalization/personalization.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { CardEntry, CardFacts, CardLogFacts, Known } from './known.ts';
import { octetsOf } from './signatures.ts';

const FORK = refuse('CARD_LOG_FORK', 'The card signed two entries with one number: look for a clone of the card.');
const CHAIN = refuse(
  'CARD_LOG_CHAIN',
  'The entry of the card log does not stand behind the one with the number before it.',
);
const GAP = refuse('CARD_LOG_GAP', 'The entry of the card log that must stand before this one was never reported.');

/** Takes an entry up. Reports may come late, so an entry is held against both of its neighbours that are known. */
export function takeEntry(known: Known, event: StoredEvent, accepted: boolean): Refusal | null {
  const { card: name, entry: text } = event.data as IssuedCertificate;
  const card = known.cards.get(name);
  const octets = octetsOf(text);
  const read = decodeLogEntry(octets);
  if (card === undefined || isRefusal(read)) return null; // what an accepted entry is judged by stands in `issue.ts`
  const entry = cardEntry(read, octets, { accepted, event });
  const refusal = accepted ? heldAgainst(card.entries, entry) : null;
  if (refusal === null) known.cards.set(name, { ...card, entries: [...card.entries, entry] });
  return refusal;
}

function cardEntry(
  { number, previousHead }: LogEntry,
  octets: Uint8Array,
  more: Pick<CardEntry, 'accepted' | 'event'>,
): CardEntry {
  return { number, previousHead: toBase64url(previousHead), head: toBase64url(headAfter(octets)), ...more };
}

function heldAgainst(entries: readonly CardEntry[], entry: CardEntry): Refusal | null {
  const accepted = entries.filter((one) => one.accepted);
  if (accepted.some((one) => one.number === entry.number && one.head !== entry.head)) return FORK;
  if (entry.number === 1 && entry.previousHead !== toBase64url(FIRST_HEAD)) return CHAIN;
  const before = accepted.find((one) => one.number === entry.number - 1);
  const after = accepted.find((one) => one.number === entry.number + 1);
  const linked =
    (before === undefined || before.head === entry.previousHead) &&
    (after === undefined || after.previousHead === entry.head);
  return linked ? null : CHAIN;
}

/** At the end of the log: the first accepted entry of a card whose predecessor nobody ever reported or read. */
export function gapIn(
  { entries }: CardFacts,
  log: CardLogFacts | undefined,
): { readonly event: StoredEvent; readonly refusal: Refusal } | null {
  const heads = new Set([toBase64url(FIRST_HEAD), ...entries.map(({ head }) => head)]);
  const isKnown = (head: string): boolean => heads.has(head) || log?.ledger.hasEntry(head) === true;
  const behindGap = entries.find((one) => one.accepted && !isKnown(one.previousHead));
  return behindGap === undefined ? null : { event: behindGap.event, refusal: GAP };
}

/** CardUsed: it repeats an accepted entry, no more and no less. */
export function cardUsed(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const { number, head, order, serial } = data as { number: number; head: string; order: string; serial: string };
  const card = known.cards.get(stream.slice('card-'.length));
  const entry = card?.entries.find((one) => one.accepted && one.number === number && one.head === head);
  return entry?.event.stream === `personalization-${order}-${serial}`
    ? null
    : refuse('USE_UNKNOWN', 'No accepted report stands behind this use of the card.');
}
