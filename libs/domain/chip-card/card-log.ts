/** What the record remembers of a card's own log: its uses, its readings, and where they disagreed (S29a, threat T9). */
import type { Fact } from '#libs/kernel/decider.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

/** One entry of the card's log: numbers from 1 without gaps, `head` the chained hash after it. */
export interface Use {
  readonly number: number;
  readonly head: string;
  readonly order: string;
  readonly serial: string;
}

/** What a unit read from the card at a contact; all but the number in base64url. */
export interface Reading {
  /** Number and head of the card's log, signed by its log key for the reader's 16 octets. */
  readonly number: number;
  readonly head: string;
  readonly nonce: string;
  readonly signature: string;
  /** Entries that the record did not hold yet, ascending; they hang together with the signed head. */
  readonly entries: readonly string[];
}

/** Most entries of one reading; more are told by a second one, the newest first. */
export const ENTRIES_PER_READING = 24;

/**
 * `rogue-signature`: an entry without an approved order on record. `missing-upload`: an entry whose report did not come
 * yet. `cloned-card`: one number with two heads. `skipped-counter`: a number that the card left out. `lost-tail`: the
 * card is behind what it had signed before. `used-while-disabled`: its lease was granted after the key was disabled.
 */
export const DIVERGENCE_KINDS = [
  'rogue-signature',
  'missing-upload',
  'cloned-card',
  'skipped-counter',
  'lost-tail',
  'used-while-disabled',
] as const;
export type DivergenceKind = (typeof DIVERGENCE_KINDS)[number];

/** One disagreement; what cannot be known of it is null. */
export interface Divergence {
  /** Number in the card's log. */
  readonly number: number;
  readonly kind: DivergenceKind;
  /** Head of the card's log after this entry: names the entry exactly, base64url. */
  readonly head: string;
  /** Module that the entry certifies. */
  readonly serial: string | null;
  readonly order: string | null;
  /** Of the certificate, where the module's key is on record. */
  readonly fingerprint: string | null;
  /** SHA-256 of what the card signed as certificate: names it where its fingerprint cannot be known. */
  readonly tbs: string | null;
}

/** A missing upload is healed by the upload; every other kind is somebody's to explain. */
export function isAlarm({ kind }: Pick<Divergence, 'kind'>): boolean {
  return kind !== 'missing-upload';
}

/** The same disagreement however often it is found. */
export function divergenceKey({ kind, number, head }: Pick<Divergence, 'kind' | 'number' | 'head'>): string {
  return `${kind} ${number} ${head}`;
}

const SENTENCES: Readonly<Record<DivergenceKind, string>> = {
  'rogue-signature': 'rogue signature: no approved order on record stands behind it',
  'missing-upload': 'missing upload: the card has it, and its report did not come yet',
  'cloned-card':
    'cloned card: there are two entries of this number, so there are two cards or an old image was put back',
  'skipped-counter': 'skipped counter: the card left numbers out before it',
  'lost-tail':
    'lost tail: the card ended with this entry after it had signed further ones; an older image or a copy of it was put in',
  'used-while-disabled': 'used while disabled: the lease for it was granted after the key had been disabled',
};

/** What happened, in one sentence. */
export function tellDivergence({ kind, number, serial, order, fingerprint, tbs }: Divergence): string {
  const certificate =
    fingerprint === null ? (tbs === null ? '' : `, certificate with TBS hash ${tbs}`) : `, certificate ${fingerprint}`;
  const what = serial === null ? '' : `, for module ${serial} under order ${String(order)}${certificate}`;
  return `Entry ${number}${what}: ${SENTENCES[kind]}.`;
}

export interface CardLog {
  /** In the order in which they were recorded. */
  readonly uses: readonly { readonly number: number; readonly head: string }[];
  /** The newest reading. */
  readonly read: Reading | null;
  /** Keys of the divergences on record. */
  readonly divergences: readonly string[];
  /** Those of them that a late upload explained. */
  readonly healed: readonly string[];
  /** Alarms among them that an officer looked at, each with the order by which he says so. */
  readonly reviewed: readonly { readonly key: string; readonly order: string }[];
  /** Alarms that nobody looked at within the policy's limit. */
  readonly overdue: readonly string[];
}

/** Which alarm it is. */
export type Alarm = Pick<Divergence, 'kind' | 'number' | 'head'>;

/** That an officer looked at an alarm: what he found is one of a few words, and signed. */
export interface Review extends Alarm {
  readonly reason: string;
  readonly order: string;
}

/** A missing upload that came: the entry by its number and head. */
export type Healed = Pick<Divergence, 'number' | 'head'>;

export const EMPTY_LOG: CardLog = { uses: [], read: null, divergences: [], healed: [], reviewed: [], overdue: [] };

export function withUse(log: CardLog, { number, head }: Use): CardLog {
  return { ...log, uses: [...log.uses, { number, head }] };
}

export function withReading(log: CardLog, read: Reading): CardLog {
  return { ...log, read };
}

export function withDivergence(log: CardLog, it: Divergence): CardLog {
  return { ...log, divergences: [...log.divergences, divergenceKey(it)] };
}

export function withHealed(log: CardLog, it: Healed): CardLog {
  return { ...log, healed: [...log.healed, missing(it)] };
}

export function withReview(log: CardLog, it: Review): CardLog {
  return { ...log, reviewed: [...log.reviewed, { key: divergenceKey(it), order: it.order }] };
}

export function withOverdue(log: CardLog, it: Alarm): CardLog {
  return { ...log, overdue: [...log.overdue, divergenceKey(it)] };
}

const NO_ALARM = refuse('ALARM_UNKNOWN', 'The record knows no such alarm of this card; name one that it shows.');

/** Whether the review is news: each alarm is looked at once. */
export function reviews(log: CardLog, it: Review): boolean | Refusal {
  if (!isAlarm(it) || !log.divergences.includes(divergenceKey(it))) return NO_ALARM;
  const before = log.reviewed.find(({ key }) => key === divergenceKey(it));
  if (before === undefined) return true;
  return before.order === it.order
    ? false
    : refuse('ALARM_REVIEWED', 'An officer looked at this alarm before; the record has what he found.');
}

/** Whether it is news that nobody looked at the alarm in time. */
export function fallsDue(log: CardLog, it: Alarm): boolean | Refusal {
  const alarm = divergenceKey(it);
  if (!isAlarm(it) || !log.divergences.includes(alarm)) return NO_ALARM;
  if (log.reviewed.some(({ key }) => key === alarm))
    return refuse('ALARM_REVIEWED', 'An officer looked at this alarm; nothing about it is due.');
  return !log.overdue.includes(alarm);
}

/** Missing uploads on record, or recorded together with them, that came and are not said to have come yet. */
export function unhealed(log: CardLog, found: readonly Divergence[], came: readonly Healed[]): readonly Healed[] {
  const known = new Set([...log.divergences, ...found.map(divergenceKey)]);
  return came.filter((one) => known.has(missing(one)) && !log.healed.includes(missing(one)));
}

function missing({ number, head }: Healed): string {
  return divergenceKey({ kind: 'missing-upload', number, head });
}

export function isRecorded(log: CardLog, use: Use): boolean {
  return log.uses.some((one) => one.number === use.number && one.head === use.head);
}

/** Those that are not on record yet, each once. */
export function unrecorded(log: CardLog, found: readonly Divergence[]): readonly Divergence[] {
  const known = new Set(log.divergences);
  return found.filter((one) => {
    const key = divergenceKey(one);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

/** A number below 1 is no entry: null when it can be one. */
export function impossibleNumber(number: number): Refusal | null {
  return Number.isSafeInteger(number) && number >= 1
    ? null
    : refuse('BAD_NUMBER', 'Entries of a card log are numbered from 1; read the entry again.');
}

type Told = Fact<'CardLogDiverged', Divergence> | Fact<'CardLogHealed', Healed>;

/** What of this does not stand on record yet, as events. */
export function told(
  log: CardLog,
  { divergences, healed }: { readonly divergences: readonly Divergence[]; readonly healed: readonly Healed[] },
): readonly Told[] {
  const found = unrecorded(log, divergences);
  const came = unhealed(log, found, healed).map(({ number, head }) => ({ number, head }));
  return [
    ...found.map((data): Told => ({ type: 'CardLogDiverged', data })),
    ...came.map((data): Told => ({ type: 'CardLogHealed', data })),
  ];
}
