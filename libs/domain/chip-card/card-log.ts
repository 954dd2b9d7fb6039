/** What the record remembers of a card's own log, and how a use or a reading of it can disagree (S29a, threat T9). */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

/** One entry of the card's log: numbers from 1 without gaps, `head` the chained hash after it. */
export interface Use {
  readonly number: number;
  readonly head: string;
  readonly order: string;
  readonly serial: string;
}

/** The head of its log as the card signed it for a caller's nonce. */
export interface Reading {
  readonly number: number;
  readonly head: string;
  readonly signature: string;
}

/** `gap`: a number was left out. `fork`: one number with two heads. `rolled-back`: the card's log became shorter. */
export type DivergenceKind = 'gap' | 'fork' | 'rolled-back' | 'used-while-disabled';

export interface Divergence {
  readonly number: number;
  readonly kind: DivergenceKind;
  readonly serial: string | null;
}

export interface CardLog {
  /** In the order in which they were recorded. */
  readonly uses: readonly { readonly number: number; readonly head: string }[];
  /** The furthest reading. It may be ahead of the uses: a unit reports later (`reportBy` of the order says until when). */
  readonly read: Reading | null;
}

export const EMPTY_LOG: CardLog = { uses: [], read: null };

export function withUse(log: CardLog, { number, head }: Use): CardLog {
  return { ...log, uses: [...log.uses, { number, head }] };
}

export function withReading(log: CardLog, reading: Reading): CardLog {
  return log.read !== null && log.read.number > reading.number ? log : { ...log, read: reading };
}

export function isRecorded(log: CardLog, use: Use): boolean {
  return log.uses.some((one) => one.number === use.number && one.head === use.head);
}

export function divergencesOfUse(log: CardLog, use: Use, isDisabled: boolean): readonly Divergence[] {
  const kinds: DivergenceKind[] = [];
  if (hasOtherHead(log, use)) kinds.push('fork');
  if (use.number > lastUse(log) + 1) kinds.push('gap');
  if (isDisabled) kinds.push('used-while-disabled');
  return kinds.map((kind) => ({ number: use.number, kind, serial: use.serial }));
}

export function divergencesOfReading(log: CardLog, { number, head }: Reading): readonly Divergence[] {
  const furthest = Math.max(lastUse(log), log.read?.number ?? 0);
  if (hasOtherHead(log, { number, head })) return [{ number, kind: 'fork', serial: null }];
  return number < furthest ? [{ number, kind: 'rolled-back', serial: null }] : [];
}

/** A number below 1 is no entry: null when it can be one. */
export function impossibleNumber(number: number): Refusal | null {
  return Number.isSafeInteger(number) && number >= 1
    ? null
    : refuse('BAD_NUMBER', 'Entries of a card log are numbered from 1; read the entry again.');
}

function lastUse(log: CardLog): number {
  return log.uses.reduce((last, one) => Math.max(last, one.number), 0);
}

function hasOtherHead(log: CardLog, of: { readonly number: number; readonly head: string }): boolean {
  const known = log.read === null ? log.uses : [...log.uses, log.read];
  return known.some((one) => one.number === of.number && one.head !== of.head);
}
