/**
 * A card's own log held against the record, as one account: every sighting of an entry or of a head is taken in, in log
 * order, and whatever it shows to disagree is found. What was found stays found; a missing upload is open until it comes.
 */
import { type Divergence, type DivergenceKind, divergenceKey } from '#libs/domain/chip-card/card-log.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { FIRST_HEAD } from '#libs/chip-card-protocol/log-entry.ts';

/** One entry, as a report or a reading showed it; hashes in base64url. */
export interface EntrySighting {
  readonly number: number;
  readonly previousHead: string;
  readonly head: string;
  readonly order: string;
  readonly serial: string;
  /** The lease's time, seconds. */
  readonly cardTime: number;
  readonly tbs: string;
  /** Null where only the card's log showed it. */
  readonly fingerprint: string | null;
  /** Whether its own report brought it, accepted or contested. */
  readonly reported: boolean;
  /** An order with its quorum on record named this module and this card. */
  readonly backed: boolean;
  /** When the device saw it, RFC 3339 with milliseconds. */
  readonly at: string;
}

/** Number and head that the card signed for a reader. */
export interface HeadSighting {
  readonly number: number;
  readonly head: string;
  readonly at: string;
}

/** What is known of one number of one branch: an entry, or only that one with this head must exist. */
export interface Node {
  readonly number: number;
  readonly head: string;
  entry: EntrySighting | null;
  /** Its report came. */
  reported: boolean;
  /** Earliest moment at which a device saw it; null where nobody saw it yet. */
  at: string | null;
}

const BEGINNING = toBase64url(FIRST_HEAD);

export class CardLedger {
  readonly #branches = new Map<number, Map<string, Node>>();
  /** Entries by the head before them, so that what their number implied can be taken back. */
  readonly #after = new Map<string, EntrySighting[]>();
  readonly #numbers = new Map<string, number>();
  readonly #readings: HeadSighting[] = [];
  readonly #found = new Map<string, Divergence>();
  #skipped = false;
  #last = 0;
  #lastReadAt = '';
  /** While the key was disabled, seconds of the record; the end is null while it still is. */
  readonly #disabled: { readonly from: number; until: number | null }[] = [];
  #tip = { number: 0, head: BEGINNING };

  constructor() {
    this.#nodeAt(0, BEGINNING);
  }

  /** Everything that was ever found, in the order in which it was; it only grows. */
  get found(): readonly Divergence[] {
    return [...this.#found.values()];
  }

  /** What still disagrees: an upload that came is missing no longer, and is told with what it told. */
  get open(): readonly Divergence[] {
    return this.found
      .filter((one) => !this.#hasCome(one))
      .map((one) => this.#told(one))
      .sort((a, b) => a.number - b.number);
  }

  /** Uploads that were missing once and came. */
  get healed(): readonly Divergence[] {
    return this.found.filter((one) => this.#hasCome(one));
  }

  #hasCome({ kind, number, head }: Divergence): boolean {
    return kind === 'missing-upload' && this.#branches.get(number)?.get(head)?.reported !== false;
  }

  /** Everything that is known, in no order. */
  get seen(): readonly Readonly<Node>[] {
    return [...this.#branches.values()].flatMap((branch) => [...branch.values()]);
  }

  /** The last entry up to which the record has the text of each: what a unit need not read again. */
  get known(): { readonly number: number; readonly head: string } {
    for (;;) {
      const nodes = this.#branches.get(this.#tip.number + 1)?.values() ?? [];
      const next = [...nodes].find((one) => one.entry?.previousHead === this.#tip.head);
      if (next === undefined) return this.#tip;
      this.#tip = { number: next.number, head: next.head };
    }
  }

  /** Whether some entry has this head, or is said by another one or by the card to have it. */
  refersTo(head: string): boolean {
    return this.#numbers.has(head);
  }

  /** Whether the text of the entry with this head is on record. */
  hasEntry(head: string): boolean {
    return this.#branches.get(this.#numbers.get(head) ?? -1)?.get(head)?.entry != null;
  }

  /** Numbers, behind one, of the entries on record for which the lease told this time. */
  numbersAt(cardTime: number, after: number): readonly number[] {
    const all = [...this.#branches].filter(([number]) => number > after);
    const isOf = ({ entry }: Node): boolean => entry?.cardTime === cardTime;
    return all.filter(([, branch]) => [...branch.values()].some(isOf)).map(([number]) => number);
  }

  disable(from: number): void {
    if (this.#disabled.at(-1)?.until !== null) this.#disabled.push({ from, until: null });
  }

  enable(until: number): void {
    const last = this.#disabled.at(-1);
    if (last !== undefined) last.until ??= until;
  }

  takeEntry(seen: EntrySighting): void {
    const node = this.#nodeAt(seen.number, seen.head, seen);
    const isNew = node.entry === null;
    const isEarlier = node.at === null || seen.at < node.at;
    node.reported ||= seen.reported;
    if (isEarlier) node.at = seen.at;
    if (isNew) this.#takeNew(node, seen);
    else if (node.entry !== null && seen.fingerprint !== null)
      node.entry = { ...node.entry, fingerprint: seen.fingerprint };
    if (!node.reported && node.entry?.backed === true) this.#find('missing-upload', node);
    if (isEarlier) this.#behind(node);
  }

  #takeNew(node: Node, seen: EntrySighting): void {
    node.entry = seen;
    this.#resolve(seen.head, seen.number);
    this.#link(seen);
    if (!seen.backed) this.#find('rogue-signature', node);
    if (this.#wasDisabled(seen.cardTime)) this.#find('used-while-disabled', node);
  }

  #wasDisabled(time: number): boolean {
    return this.#disabled.some(({ from, until }) => time > from && (until === null || time <= until));
  }

  takeHead(seen: HeadSighting): void {
    const number = this.#numbers.get(seen.head) ?? seen.number;
    const node = this.#nodeAt(number, seen.head);
    if (number !== seen.number && !this.#skipped) {
      this.#skipped = true;
      this.#find('skipped-counter', node);
    }
    if (node.at === null || seen.at < node.at) node.at = seen.at;
    if (node.entry === null && number > 0) this.#find('missing-upload', node);
    const reading = { ...seen, number };
    this.#readings.push(reading);
    if (seen.at > this.#lastReadAt) this.#lastReadAt = seen.at;
    this.#lookAhead(reading);
  }

  /** The node of a number and head; a second head of one number is a clone. */
  #nodeAt(number: number, head: string, seen: EntrySighting | null = null): Node {
    const branch = this.#branches.get(number) ?? new Map<string, Node>();
    this.#branches.set(number, branch);
    const known = branch.get(head);
    if (known !== undefined) return known;
    const node: Node = { number, head, entry: null, reported: false, at: null };
    branch.set(head, node);
    if (!this.#numbers.has(head)) this.#numbers.set(head, number);
    this.#last = Math.max(this.#last, number);
    if (branch.size > 1) this.#find('cloned-card', { number, head, entry: seen });
    return node;
  }

  /** Holds an entry against the one before it, or remembers that there must be one. */
  #link(seen: EntrySighting): void {
    this.#after.set(seen.previousHead, [...(this.#after.get(seen.previousHead) ?? []), seen]);
    const before = this.#numbers.get(seen.previousHead);
    if (before !== undefined && before !== seen.number - 1) return this.#skip(seen);
    const node = this.#nodeAt(seen.number - 1, seen.previousHead);
    if (node.entry === null && node.number > 0) this.#find('missing-upload', node);
  }

  /** An entry whose head was taken for that of another number: those behind it have left numbers out. */
  #resolve(head: string, number: number): void {
    const taken = this.#numbers.get(head);
    this.#numbers.set(head, number);
    if (taken === undefined || taken === number) return;
    this.#branches.get(taken)?.delete(head);
    for (const behind of this.#after.get(head) ?? []) this.#skip(behind);
  }

  #skip({ number, head }: EntrySighting): void {
    this.#skipped = true;
    this.#find('skipped-counter', this.#nodeAt(number, head));
  }

  /** A device saw this entry before some reading showed less: the card is behind. */
  #behind(node: Node): void {
    const { at } = node;
    if (at === null || this.#lastReadAt <= at) return;
    for (const reading of this.#readings)
      if (reading.number < node.number && at < reading.at && this.#mayFollow(node, reading)) this.#lost(reading);
  }

  #lookAhead(reading: HeadSighting): void {
    for (let number = reading.number + 1; number <= this.#last; number += 1)
      for (const node of this.#branches.get(number)?.values() ?? [])
        if (node.at !== null && node.at < reading.at && this.#mayFollow(node, reading)) return this.#lost(reading);
  }

  /** Unless the entry is known to stand on another branch than the head. */
  #mayFollow(node: Node, { number, head }: HeadSighting): boolean {
    let at: Node | undefined = node;
    while (at !== undefined && at.number > number) {
      const { entry }: Node = at;
      if (entry === null) return true;
      const before = this.#numbers.get(entry.previousHead);
      if (before === undefined) return true;
      at = this.#branches.get(before)?.get(entry.previousHead);
    }
    return at === undefined || (at.number === number && at.head === head); // a skipped counter passes the number by
  }

  #lost({ number, head }: HeadSighting): void {
    const entry = this.#branches.get(number)?.get(head)?.entry ?? null;
    this.#find('lost-tail', { number, head, entry });
  }

  #find(kind: DivergenceKind, { number, head, entry }: Pick<Node, 'number' | 'head' | 'entry'>): void {
    const it = this.#told({ kind, number, head, serial: null, order: null, fingerprint: null, tbs: null }, entry);
    const key = divergenceKey(it);
    if (!this.#found.has(key)) this.#found.set(key, it);
  }

  #told(it: Divergence, entry = this.#branches.get(it.number)?.get(it.head)?.entry ?? null): Divergence {
    if (entry === null) return it;
    const { serial, order, fingerprint, tbs } = entry;
    return { ...it, serial, order, fingerprint, tbs };
  }
}
