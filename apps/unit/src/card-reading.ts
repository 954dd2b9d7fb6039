/**
 * The unit reads the card's own log at every contact (S29a): the head, signed by the card for a fresh nonce, and the
 * entries that the record does not hold yet. It judges nothing; it tells what hangs together with that head.
 */
import type { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { type LogEntry, decodeLogEntry, encodeLogHead, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { ENTRIES_PER_READING, type Reading } from '#libs/domain/chip-card/card-log.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';

/** The last entry up to which the record has the text of each; number 0 and 32 zeros before the first. */
export interface KnownLog {
  readonly number: number;
  readonly head: string;
}

/** A report has a limit of its own: characters of the entries of one reading. */
const CHARACTERS_MAX = 12_000;

const HEAD_OTHER = refuse('CARD_HEAD', 'The card signed another head of its log than it says it has.');

/** One reading or more, the newest entries first; the card's refusal where it says nothing about its log. */
export async function readCardLog(card: ChipCardClient, known: KnownLog): Promise<readonly Reading[] | Refusal> {
  const status = await card.status();
  if (isRefusal(status)) return status;
  const head = { number: status.logNumber, head: toBase64url(status.head) };
  const entries = await entriesBefore(card, head, known);
  const readings: Reading[] = [];
  for (const batch of batches(entries)) {
    const nonce = randomOctets(16);
    const signed = await card.signLogHead(nonce);
    if (isRefusal(signed)) return signed;
    const expected = encodeLogHead({ card: status.card, number: head.number, head: status.head, nonce });
    if (!equal(expected, signed.statement)) return HEAD_OTHER;
    readings.push({ ...head, nonce: toBase64url(nonce), signature: toBase64url(signed.signature), entries: batch });
  }
  return readings;
}

/**
 * Ascending, without a break up to the head. From where the record stands; and as many again from further back where the
 * card does not stand behind what the record has.
 */
async function entriesBefore(card: ChipCardClient, head: KnownLog, known: KnownLog): Promise<readonly string[]> {
  const entries: string[] = [];
  if (head.number === known.number && head.head === known.head) return entries;
  let before = head.head;
  let behindMax = head.number > known.number ? head.number - known.number : ENTRIES_PER_READING;
  for (let at = head.number; at >= 1 && entries.length < behindMax; at -= 1) {
    const read = await readEntry(card, at, before);
    if (read === null) break;
    entries.unshift(read.text);
    before = toBase64url(read.entry.previousHead);
    if (entries.length === head.number - known.number && before !== known.head) behindMax += ENTRIES_PER_READING;
  }
  return entries;
}

async function readEntry(
  card: ChipCardClient,
  at: number,
  head: string,
): Promise<{ readonly text: string; readonly entry: LogEntry } | null> {
  const octets = await card.readLog(at);
  if (isRefusal(octets) || toBase64url(headAfter(octets)) !== head) return null;
  const entry = decodeLogEntry(octets);
  return isRefusal(entry) ? null : { text: toBase64url(octets), entry };
}

/** The newest first, each with its entries ascending; one without entries where there are none. */
function batches(entries: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  let characters = 0;
  for (const text of entries.toReversed()) {
    const last = all.at(-1) ?? [];
    characters += text.length;
    if (last.length === ENTRIES_PER_READING || characters > CHARACTERS_MAX) {
      all.push([text]);
      characters = text.length;
    } else last.unshift(text);
  }
  return all;
}
