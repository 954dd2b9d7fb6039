/** A card's own log out of the entries that the record holds: chained here, entry by entry, and held against what was recorded. */
import { sha256 } from './hash.ts';
import { type Octets, equal, fromBase64url, toBase64url, utf8 } from './octets.ts';

export interface ToldEntry {
  readonly number: number;
  /** As the card wrote it, base64url. */
  readonly entry: string;
  /** Head after it as the record has it, base64url; null where no use was recorded. */
  readonly recordedHead: string | null;
}

export interface CheckedEntry {
  readonly number: number;
  /** Head after it, computed here, base64url. */
  readonly head: string;
  /** Recorded head and own head are one. */
  readonly isEqual: boolean;
  /** It names the head of the entry before it, and that number; true of the oldest that is shown. */
  readonly isChained: boolean;
}

const PREFIX = utf8('keyledger card log v1\n');
const NUMBER_AT = 2;
const HEAD_AT = 10;

/** Entries by number, ascending. */
export async function checkCardLog(told: readonly ToldEntry[]): Promise<readonly CheckedEntry[]> {
  const checked: CheckedEntry[] = [];
  let before: { readonly number: number; readonly head: Octets } | null = null;
  for (const { number, entry, recordedHead } of told) {
    const octets: Octets = fromBase64url(entry) ?? new Uint8Array();
    const head = await sha256(PREFIX, octets);
    const says = octets.length > 42 ? numberAt(octets) : NaN;
    const follows: boolean =
      before === null || (number === before.number + 1 && equal(octets.slice(HEAD_AT, HEAD_AT + 32), before.head));
    checked.push({
      number,
      head: toBase64url(head),
      isEqual: recordedHead === toBase64url(head) && says === number,
      isChained: follows,
    });
    before = { number, head };
  }
  return checked;
}

function numberAt(octets: Octets): number {
  return Number(new DataView(octets.buffer).getBigUint64(NUMBER_AT));
}
