/** A chip card: issued by an order, its signing key and that key's state, and every use it made of it (S06a, S29a). */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Fact } from '#libs/kernel/decider.ts';
import { type KeyState, mayMove } from '#libs/kernel/key-state.ts';
import { type Refusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Judgement, type Report, judged, reporting } from '../report.ts';
import * as cardLog from './card-log.ts';
import type { FieldLease } from './field-lease.ts';
import { CARD_RETIRED, compromisedFrom, isCompromised, mayNot, retiredFrom } from './signing-key.ts';

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

interface KeyOrder {
  readonly cardKey: string;
  readonly order: string;
  readonly reason: string;
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
export type SigningKeySuspended = Fact<'SigningKeySuspended', KeyOrder>;
/** The review trusts the key again, by the order named; its other outcome is SigningKeyCompromised. */
export type SuspensionReviewed = Fact<'SuspensionReviewed', { readonly cardKey: string; readonly by: string }>;
export type SigningKeyCompromised = Fact<'SigningKeyCompromised', KeyOrder>;
export type CardRetired = Fact<'CardRetired', { readonly order: string; readonly reason: string }>;
/** An upload came that had been missing. */
export type CardLogHealed = Fact<'CardLogHealed', cardLog.Healed>;
type CardLogEvent = CardUsed | CardLogRead | CardLogDiverged | CardLogHealed;
type CardKeyEvent = SigningKeySuspended | SuspensionReviewed | SigningKeyCompromised;
export type ChipCardEvent =
  CardIssued | SigningKeyCertified | CardActivated | CardLogEvent | CardKeyEvent | CardRetired | FieldLeaseGiven;

export interface RecordDivergences {
  readonly do: 'RecordDivergences';
  readonly divergences: readonly cardLog.Divergence[];
  readonly healed: readonly cardLog.Healed[];
}
export type SuspendSigningKey = KeyOrder & { readonly do: 'SuspendSigningKey' };
export type TrustAgain = { readonly do: 'TrustAgain'; readonly cardKey: string; readonly order: string };
export type CompromiseSigningKey = KeyOrder & { readonly do: 'CompromiseSigningKey' };
export type ChipCardCommand =
  | { readonly do: 'IssueCard'; readonly issue: Issue }
  | { readonly do: 'CertifySigningKey'; readonly certified: CertifiedKey }
  | { readonly do: 'ActivateCard'; readonly approverSet: string; readonly cardKey: string }
  | { readonly do: 'RecordUse'; readonly use: cardLog.Use }
  | RecordDivergences
  | { readonly do: 'RetireCard'; readonly order: string; readonly reason: string }
  | SuspendSigningKey
  | TrustAgain
  | CompromiseSigningKey
  | Report<CardLogRead | FieldLeaseGiven>;

export interface BlankCard {
  readonly is: 'blank';
  readonly issue: Issue;
  readonly retired: boolean;
}

export interface KeyedCard {
  readonly is: 'keyed';
  readonly issue: Issue;
  readonly retired: boolean;
  readonly certified: CertifiedKey;
  /** Moves only along `KEY_MOVES`. */
  readonly key: KeyState;
  /** The set that the card was given at its activation. */
  readonly approverSet: string | null;
  readonly log: cardLog.CardLog;
  /** Orders that suspended the key or trusted it again: none does so twice. */
  readonly usedOrders: readonly string[];
}
export type ChipCardState = { readonly is: 'unknown' } | BlankCard | KeyedCard;

export const chipCardStream = (card: string): string => `card-${card}`;

export const chipCardDecider = reporting<ChipCardState, ChipCardCommand, ChipCardEvent>(
  ['CardLogRead', 'FieldLeaseGiven'],
  {
    initial: { is: 'unknown' },
    decide: (command, state) => {
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
        case 'ActivateCard':
        case 'RecordUse':
        case 'RecordDivergences':
        case 'SuspendSigningKey':
        case 'TrustAgain':
        case 'CompromiseSigningKey':
          return state.is === 'keyed' ? decideKeyed(command, state) : withoutKey(state);
        default:
          return never(command);
      }
    },
    evolve: (state, event) => {
      if (event.type === 'CardIssued') return { is: 'blank', issue: event.data, retired: false };
      if (state.is === 'unknown') return state;
      if (event.type === 'SigningKeyCertified') return keyed(state.issue, event.data);
      if (state.is === 'blank') return { ...state, retired: state.retired || event.type === 'CardRetired' };
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
        case 'SigningKeySuspended':
          return { ...state, key: 'suspended', usedOrders: [...state.usedOrders, event.data.order] };
        case 'SuspensionReviewed':
          return { ...state, key: 'active', usedOrders: [...state.usedOrders, event.data.by] };
        case 'SigningKeyCompromised':
          return { ...state, key: compromisedFrom(state.key) };
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
type OnKey = Extract<
  ChipCardCommand,
  {
    do:
      'ActivateCard' | 'RecordUse' | 'RecordDivergences' | 'SuspendSigningKey' | 'TrustAgain' | 'CompromiseSigningKey';
  }
>;

const CARD_UNKNOWN = refuse('CARD_UNKNOWN', 'No card of this name was issued; issue it by an order first.');
const ORDER_USED = refuse('ORDER_USED', 'This order has already had its effect on the key; request a new one.');

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
  if (command.do === 'RecordUse') return recordUse(command.use, state);
  if (command.do === 'RecordDivergences') return cardLog.told(state.log, command);
  if (command.cardKey !== state.certified.cardKey)
    return refuse('OTHER_SIGNING_KEY', 'The card holds another signing key than the one named; check its thumbprint.');
  switch (command.do) {
    case 'ActivateCard':
      if (state.key === 'active' && state.approverSet === command.approverSet) return [];
      if (state.key !== 'pre-active') return mayNot(state.key);
      return [{ type: 'CardActivated', data: { approverSet: command.approverSet, cardKey: command.cardKey } }];
    case 'SuspendSigningKey':
      if (state.key === 'suspended') return [];
      if (!mayMove(state.key, 'suspended')) return mayNot(state.key);
      return state.usedOrders.includes(command.order)
        ? ORDER_USED
        : [{ type: 'SigningKeySuspended', data: keyOrder(command) }];
    case 'TrustAgain':
      if (state.key === 'active' && state.usedOrders.at(-1) === command.order) return [];
      if (state.key !== 'suspended') return mayNot(state.key);
      if (state.usedOrders.includes(command.order)) return ORDER_USED;
      return [{ type: 'SuspensionReviewed', data: { cardKey: command.cardKey, by: command.order } }];
    case 'CompromiseSigningKey':
      if (isCompromised(state.key)) return [];
      return [{ type: 'SigningKeyCompromised', data: keyOrder(command) }];
    default:
      return never(command);
  }
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

function keyOrder({ cardKey, order, reason }: KeyOrder): KeyOrder {
  return { cardKey, order, reason };
}

function keyed(issue: Issue, certified: CertifiedKey): KeyedCard {
  const fresh = { retired: false, key: 'pre-active', approverSet: null, usedOrders: [] } as const;
  return { is: 'keyed', issue, certified, log: cardLog.EMPTY_LOG, ...fresh };
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
