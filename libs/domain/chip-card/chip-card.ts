/** A chip card: issued by an order, its signing key and that key's state, and every use it made of it (S06a, S29a). */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Fact } from '#libs/kernel/decider.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Judgement, type Report, judged, reporting } from '../report.ts';
import * as cardLog from './card-log.ts';
import type { FieldLease } from './field-lease.ts';
import {
  CARD_RETIRED,
  FRESH_KEY,
  type SigningKey,
  type SigningKeyCommand,
  type SigningKeyEvent,
  decideKey,
  isOfKey,
  mayNot,
  moveKey,
  retiredFrom,
} from './signing-key.ts';

export interface Issue {
  readonly card: string;
  /** What the card's maker signed about the device key, base64url. */
  readonly deviceCertificate: string;
  readonly deviceKey: string;
  readonly custodians: readonly string[];
  /** Who checks order and quorum before each signature: the card itself, or the host that holds it. */
  readonly enforcement: 'device' | 'host';
  readonly order: string;
}

export interface CertifiedKey {
  readonly cardKey: string;
  readonly spki: string;
  /** Birth statement, and the device key's signature on it, base64url. */
  readonly birth: string;
  readonly birthSignature: string;
  /** DER, base64url: the customer-signing CA, and what it issued to this card. */
  readonly customerCa: string;
  readonly cardCa: string;
}

export type CardIssued = Fact<'CardIssued', Issue>;
export type SigningKeyCertified = Fact<'SigningKeyCertified', CertifiedKey>;
export type CardActivated = Fact<'CardActivated', { readonly approverSet: string; readonly cardKey: string }>;
export type CardUsed = Fact<'CardUsed', cardLog.Use>;
/** Reported. */
export type CardLogRead = Fact<'CardLogRead', cardLog.Reading>;
/** Reported by headquarters, before the card gets it. */
export type FieldLeaseGiven = Fact<'FieldLeaseGiven', FieldLease>;
export type CardLogDiverged = Fact<'CardLogDiverged', cardLog.Divergence>;
export type CardRetired = Fact<'CardRetired', { readonly order: string; readonly reason: string }>;
/** An upload came that had been missing. */
export type CardLogHealed = Fact<'CardLogHealed', cardLog.Healed>;
/** An officer looked at an alarm of the card's log. */
export type DivergenceReviewed = Fact<'DivergenceReviewed', cardLog.Review>;
/** Nobody looked at it within the policy's limit. */
export type DivergenceOverdue = Fact<'DivergenceOverdue', cardLog.Alarm>;
type CardLogEvent = CardUsed | CardLogRead | CardLogDiverged | CardLogHealed | DivergenceReviewed | DivergenceOverdue;
export type ChipCardEvent =
  CardIssued | SigningKeyCertified | CardActivated | CardLogEvent | SigningKeyEvent | CardRetired | FieldLeaseGiven;

export interface RecordDivergences {
  readonly do: 'RecordDivergences';
  readonly divergences: readonly cardLog.Divergence[];
  readonly healed: readonly cardLog.Healed[];
}
export type ReviewDivergence = { readonly do: 'ReviewDivergence'; readonly review: cardLog.Review };
export type MarkDivergenceOverdue = { readonly do: 'MarkDivergenceOverdue'; readonly alarm: cardLog.Alarm };
export type ChipCardCommand =
  | { readonly do: 'IssueCard'; readonly issue: Issue }
  | { readonly do: 'CertifySigningKey'; readonly certified: CertifiedKey }
  | { readonly do: 'ActivateCard'; readonly approverSet: string; readonly cardKey: string }
  | { readonly do: 'RecordUse'; readonly use: cardLog.Use }
  | RecordDivergences
  | { readonly do: 'RetireCard'; readonly order: string; readonly reason: string }
  | ReviewDivergence
  | MarkDivergenceOverdue
  | SigningKeyCommand
  | Report<CardLogRead | FieldLeaseGiven>;

export interface BlankCard {
  readonly is: 'blank';
  readonly issue: Issue;
  readonly retired: boolean;
}

/** Its key moves only along `KEY_MOVES`. */
export interface KeyedCard extends SigningKey {
  readonly is: 'keyed';
  readonly issue: Issue;
  readonly certified: CertifiedKey;
  /** The set that the card was given at its activation. */
  readonly approverSet: string | null;
  readonly log: cardLog.CardLog;
}
export type ChipCardState = { readonly is: 'unknown' } | BlankCard | KeyedCard;

export const chipCardStream = (card: string): string => `card-${card}`;

export const chipCardDecider = reporting<ChipCardState, ChipCardCommand, ChipCardEvent>(
  ['CardLogRead', 'FieldLeaseGiven'],
  {
    initial: { is: 'unknown' },
    decide: (command, state) => {
      if (needsKey(command)) return state.is === 'keyed' ? decideKeyed(command, state) : withoutKey(state);
      switch (command.do) {
        case 'IssueCard':
          if (state.is === 'unknown') return [{ type: 'CardIssued', data: command.issue }];
          return same(state.issue, command.issue)
            ? []
            : refuse('CARD_ISSUED', 'A card of this name was issued; choose another name.');
        case 'CertifySigningKey':
          return certify(command.certified, state);
        case 'RetireCard':
          if (state.is === 'unknown') return CARD_UNKNOWN;
          return state.retired ? [] : [{ type: 'CardRetired', data: { order: command.order, reason: command.reason } }];
        case 'Report':
          return reported(command, state);
        default:
          return never(command);
      }
    },
    evolve: (state, event) => {
      if (event.type === 'CardIssued') return { is: 'blank', issue: event.data, retired: false };
      if (state.is === 'unknown') return state;
      if (event.type === 'SigningKeyCertified') return keyed(state.issue, event.data);
      if (state.is === 'blank') return { ...state, retired: state.retired || event.type === 'CardRetired' };
      if (isOfKey(event)) return { ...state, ...moveKey(state, event) };
      switch (event.type) {
        case 'CardActivated':
          return { ...state, key: 'active', approverSet: event.data.approverSet };
        case 'CardUsed':
          return { ...state, log: cardLog.withUse(state.log, event.data) };
        case 'CardLogRead':
          return { ...state, log: cardLog.withReading(state.log, event.data) };
        case 'CardLogDiverged':
          return { ...state, log: cardLog.withDivergence(state.log, event.data) };
        case 'CardLogHealed':
          return { ...state, log: cardLog.withHealed(state.log, event.data) };
        case 'DivergenceReviewed':
          return { ...state, log: cardLog.withReview(state.log, event.data) };
        case 'DivergenceOverdue':
          return { ...state, log: cardLog.withOverdue(state.log, event.data) };
        case 'CardRetired':
          return { ...state, retired: true, key: retiredFrom(state.key) };
        case 'FieldLeaseGiven':
          return state;
        default:
          return never(event);
      }
    },
  },
);

type Decision = readonly (ChipCardEvent | Judgement)[] | Refusal;
type OnKey = Exclude<ChipCardCommand, { do: 'IssueCard' | 'CertifySigningKey' | 'RetireCard' | 'Report' }>;

const CARD_UNKNOWN = refuse('CARD_UNKNOWN', 'No card of this name was issued; issue it by an order first.');
const OTHER_KEY = refuse(
  'OTHER_SIGNING_KEY',
  'The card holds another signing key than the one named; check its thumbprint.',
);

function needsKey(command: ChipCardCommand): command is OnKey {
  return !['IssueCard', 'CertifySigningKey', 'RetireCard', 'Report'].includes(command.do);
}

function certify(certified: CertifiedKey, state: ChipCardState): Decision {
  if (state.is === 'unknown') return CARD_UNKNOWN;
  if (state.is === 'keyed')
    return same(state.certified, certified)
      ? []
      : refuse(
          'SIGNING_KEY_CERTIFIED',
          'The card already has its one signing key; issue another card for another key.',
        );
  return state.retired ? CARD_RETIRED : [{ type: 'SigningKeyCertified', data: certified }];
}

function decideKeyed(command: OnKey, state: KeyedCard): Decision {
  if ('cardKey' in command) {
    if (command.cardKey !== state.certified.cardKey) return OTHER_KEY;
    return command.do === 'ActivateCard' ? activate(command, state) : decideKey(command, state);
  }
  switch (command.do) {
    case 'RecordUse':
      return recordUse(command.use, state);
    case 'RecordDivergences':
      return cardLog.told(state.log, command);
    case 'ReviewDivergence':
      return ifNews(cardLog.reviews(state.log, command.review), { type: 'DivergenceReviewed', data: command.review });
    case 'MarkDivergenceOverdue':
      return ifNews(cardLog.fallsDue(state.log, command.alarm), { type: 'DivergenceOverdue', data: command.alarm });
    default:
      return never(command);
  }
}

function activate(command: Extract<OnKey, { do: 'ActivateCard' }>, state: KeyedCard): Decision {
  const { approverSet, cardKey } = command;
  if (state.key === 'active' && state.approverSet === approverSet) return [];
  return state.key === 'pre-active' ? [{ type: 'CardActivated', data: { approverSet, cardKey } }] : mayNot(state);
}

function ifNews(isNews: boolean | Refusal, event: ChipCardEvent): Decision {
  if (typeof isNews !== 'boolean') return isNews;
  return isNews ? [event] : [];
}

/** A use is a fact: it is recorded whatever the key's state; what disagrees with it is found by who reads the whole record. */
function recordUse(use: cardLog.Use, state: KeyedCard): Decision {
  if (cardLog.isRecorded(state.log, use)) return [];
  return cardLog.impossibleNumber(use.number) ?? [{ type: 'CardUsed', data: use }];
}

function reported({ fact, contest }: Report<CardLogRead | FieldLeaseGiven>, state: ChipCardState): Decision {
  const refusal = contest ?? (state.is === 'keyed' ? null : withoutKey(state));
  if (refusal !== null || state.is !== 'keyed') return judged(fact, refusal);
  if (fact.type === 'CardLogRead' && state.log.read !== null && same(state.log.read, fact.data)) return [];
  return judged(fact, null);
}

function withoutKey(state: { readonly is: 'unknown' } | BlankCard): Refusal {
  return state.is === 'unknown' ? CARD_UNKNOWN : refuse('NO_SIGNING_KEY', 'The card has no certified signing key yet.');
}

function keyed(issue: Issue, certified: CertifiedKey): KeyedCard {
  return { is: 'keyed', issue, certified, log: cardLog.EMPTY_LOG, approverSet: null, ...FRESH_KEY };
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
