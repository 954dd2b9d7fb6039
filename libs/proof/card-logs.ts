/** Cards' own logs on the walk over the record: what units read of them, and what they and the record disagree about. */
import { judgeQuorum } from '#libs/approval/approval.ts';
import { decodeLogEntry, encodeLogHead, headAfter, type LogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { type Divergence, type Healed, type Reading, divergenceKey, isAlarm } from '#libs/domain/chip-card/card-log.ts';
import type { IssuedCertificate } from '#libs/domain/personalization/personalization.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { CardLedger, type EntrySighting } from './card-ledger.ts';
import { contestedIssue } from './issue.ts';
import { type CardKey, type CardLogFacts, type Known, nameIn } from './known.ts';
import { signersOf } from './orders.ts';
import { alarmOf, dueAfter } from './reviews.ts';
import { octetsOf, signatureHolds } from './signatures.ts';

interface ReadingCase {
  readonly card: string;
  readonly key: CardKey;
  readonly said: Reading;
  readonly log: CardLogFacts | undefined;
  readonly entries: readonly SeenEntry[] | null;
}

interface SeenEntry {
  readonly it: LogEntry;
  readonly head: string;
}

/** What a unit read of a card's log. */
export const readingLaw: Law<ReadingCase> = [
  {
    code: 'READING_SIGNATURE',
    says: "The card's log key did not sign this number and head for this reader.",
    holds: ({ card, key, said: { number, head, nonce, signature } }) =>
      signatureHolds({
        over: encodeLogHead({ card, number, head: octetsOf(head), nonce: octetsOf(nonce) }),
        signature: octetsOf(signature),
        spki: key.logKey,
      }),
  },
  {
    code: 'READING_SHOWN_BEFORE',
    says: "The card's statement was shown before; a reading asks for a fresh one.",
    holds: ({ said, log }) => log?.nonces.has(said.nonce) !== true,
  },
  {
    code: 'READING_ENTRIES',
    says: 'The entries do not hang together, one behind the other.',
    holds: ({ entries }) => entries !== null,
  },
  {
    code: 'READING_LOOSE',
    says: 'The last entry is neither the one of the signed head nor one that another entry names.',
    holds: ({ entries, said, log }) => {
      const last = entries?.at(-1)?.head ?? said.head;
      return last === said.head || log?.ledger.refersTo(last) === true;
    },
  },
];

/** CardLogRead, accepted. */
export function cardLogRead(known: Known, event: StoredEvent): Refusal | null {
  const card = nameIn(event.stream, 'card-');
  const said = event.data as Reading;
  const key = known.cards.get(card)?.key;
  if (key == null) return refuse('CARD_UNKNOWN', 'No card of this name had a certified signing key before.');
  return judge(readingLaw, { card, key, said, log: known.cardLogs.get(card), entries: entriesOf(said) });
}

/** Null where one is no entry, or does not stand right behind the one before it. */
function entriesOf({ entries }: Reading): readonly SeenEntry[] | null {
  const read: SeenEntry[] = [];
  for (const text of entries) {
    const octets = octetsOf(text);
    const it = decodeLogEntry(octets);
    if (isRefusal(it)) return null;
    const before = read.at(-1);
    if (before !== undefined && before.head !== toBase64url(it.previousHead)) return null;
    read.push({ it, head: toBase64url(headAfter(octets)) });
  }
  return read;
}

/** CardLogDiverged: it says what the record itself shows by then. An alarm is somebody's to look at. */
export function cardLogDiverged(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Divergence;
  const key = divergenceKey(said);
  const found = known.cardLogs.get(nameIn(event.stream, 'card-'))?.ledger.found ?? [];
  if (!found.some((one) => divergenceKey(one) === key))
    return refuse('DIVERGENCE_UNFOUNDED', 'Nothing in the record shows that the log of the card diverged in this way.');
  if (isAlarm(said)) known.due.set(alarmOf(event.stream, said), dueAfter(known, event));
  return null;
}

/** CardLogHealed: the report of that entry did come. */
export function cardLogHealed(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const { number, head } = data as Healed;
  const healed = known.cardLogs.get(nameIn(stream, 'card-'))?.ledger.healed ?? [];
  return healed.some((one) => one.number === number && one.head === head)
    ? null
    : refuse('HEALING_UNFOUNDED', 'No report in the record brought the entry of the card that is said to have come.');
}

function logOf(known: Known, card: string): CardLogFacts {
  const log = known.cardLogs.get(card) ?? { ledger: new CardLedger(), nonces: new Set<string>() };
  known.cardLogs.set(card, log);
  return log;
}

/** What an event that holds means for the account of a card; `accepted` is null for what is no report. */
export function account(known: Known, event: StoredEvent, accepted: boolean | null): void {
  if (accepted === null) return accountOfKey(known, event);
  if (event.type === 'CertificateIssued') return accountOfIssue(known, event, accepted);
  if (event.type === 'CardLogRead' && accepted) accountOfReading(known, event);
}

const DISABLE: readonly string[] = [
  'SigningKeySuspended',
  'SigningKeyDeactivated',
  'SigningKeyCompromised',
  'CardRetired',
];

function accountOfKey(known: Known, { type, stream, recordedAt }: StoredEvent): void {
  const ledger = (): CardLedger => logOf(known, nameIn(stream, 'card-')).ledger;
  if (DISABLE.includes(type)) ledger().disable(secondsOf(recordedAt));
  if (type === 'SuspensionReviewed') ledger().enable(secondsOf(recordedAt));
}

/** What the card signed it signed, contested or not; but what it did not sign accuses nobody. */
function accountOfIssue(known: Known, event: StoredEvent, accepted: boolean): void {
  if (!accepted && contestedIssue(known, event) === null) return;
  const { card, entry, fingerprint } = event.data as IssuedCertificate;
  const octets = octetsOf(entry);
  const it = decodeLogEntry(octets);
  if (isRefusal(it)) return;
  const seen = { it, head: toBase64url(headAfter(octets)) };
  const backed = accepted || isBacked(known, card, it);
  logOf(known, card).ledger.takeEntry({ ...sighting(seen, event.occurredAt), fingerprint, reported: true, backed });
}

function accountOfReading(known: Known, event: StoredEvent): void {
  const card = nameIn(event.stream, 'card-');
  const said = event.data as Reading;
  const { ledger, nonces } = logOf(known, card);
  nonces.add(said.nonce);
  for (const seen of entriesOf(said) ?? []) {
    const backed = isBacked(known, card, seen.it);
    ledger.takeEntry({ ...sighting(seen, event.occurredAt), fingerprint: null, reported: false, backed });
  }
  ledger.takeHead({ number: said.number, head: said.head, at: event.occurredAt });
}

function sighting({ it, head }: SeenEntry, at: string): Omit<EntrySighting, 'fingerprint' | 'reported' | 'backed'> {
  return {
    number: it.number,
    previousHead: toBase64url(it.previousHead),
    head,
    order: toBase64url(it.orderHash),
    serial: it.serial,
    cardTime: it.cardTime,
    tbs: toBase64url(it.tbsHash),
    at,
  };
}

/** An order with its quorum stands on record that names this module and this card's key; that it was withdrawn later is another matter. */
function isBacked(known: Known, card: string, { orderHash, serial }: LogEntry): boolean {
  const order = known.orders.get(toBase64url(orderHash));
  const ordered = order?.it.order;
  if (order === undefined || ordered?.kind !== 'personalize') return false;
  const isQuorate = judgeQuorum(order.it, signersOf(order)) === null;
  return isQuorate && order.serials.includes(serial) && ordered.cardKey === known.cards.get(card)?.key?.cardKey;
}
