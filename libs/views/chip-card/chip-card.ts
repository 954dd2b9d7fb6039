/** Chip cards: to whom they were issued, the state of their signing key, and what is known of their log. */
import type { Divergence, Healed } from '#libs/domain/chip-card/card-log.ts';
import type { ChipCardEvent } from '#libs/domain/chip-card/chip-card.ts';
import { type Deactivation, compromisedFrom, retiredFrom } from '#libs/domain/chip-card/signing-key.ts';
import type { KeyState } from '#libs/kernel/key-state.ts';
import { type Moved, type Row, begun, behind, viewOf, withOne } from '../view.ts';
import { isAnyOverdue, reviewed, suspensionAfter, wentOverdue } from './reviews.ts';

export interface ChipCardRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly custodians: string;
  readonly enforcement: 'device' | 'host';
  readonly deviceKey: string;
  readonly orderId: string;
  readonly cardKey: string | null;
  readonly keyState: KeyState;
  readonly approverSet: string | null;
  readonly uses: number;
  /** Highest number of a recorded use. */
  readonly lastNumber: number;
  /** Furthest reading of the card's own log. */
  readonly readNumber: number | null;
  readonly readHead: string | null;
  readonly divergences: string;
  /** Of a suspended key: since when, by which order, and whether its review is overdue. */
  readonly suspension: string | null;
  /** Of a disabled one: by which order, and from which moment on. */
  readonly disabling: string | null;
  /** A review that officers owe did not come in time and did not come yet. */
  readonly overdue: 0 | 1;
  /** Leases for the field, each with time, entries, set, number of the log before it, withdrawn orders, and its event. */
  readonly fieldLeases: string;
  readonly retired: 0 | 1;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

export const chipCardView = viewOf<ChipCardRow, ChipCardEvent>({
  name: 'chip_card',
  columns: [
    'id',
    'since',
    'custodians',
    'enforcement',
    'deviceKey',
    'orderId',
    'cardKey',
    'keyState',
    'approverSet',
    'uses',
    'lastNumber',
    'readNumber',
    'readHead',
    'divergences',
    'suspension',
    'disabling',
    'overdue',
    'fieldLeases',
    'retired',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: [
    'CardIssued',
    'SigningKeyCertified',
    'CardActivated',
    'CardUsed',
    'CardLogRead',
    'FieldLeaseGiven',
    'CardLogDiverged',
    'CardLogHealed',
    'DivergenceReviewed',
    'DivergenceOverdue',
    'SigningKeySuspended',
    'SuspensionOverdue',
    'SuspensionReviewed',
    'SigningKeyDeactivated',
    'SigningKeyCompromised',
    'CardRetired',
  ],
  keysOf: (_fact, { stream }) => [behind('card-', stream)],
  apply: (row, moved) => {
    const { fact, at } = moved;
    if (fact.type === 'CardIssued') return issued(moved, fact.data);
    return row === null ? null : withReviews({ ...row, ...changed(row, fact), ...leased(row, moved), ...at }, moved);
  },
});

function issued(moved: Moved<ChipCardEvent>, it: Extract<ChipCardEvent, { type: 'CardIssued' }>['data']): ChipCardRow {
  return {
    ...begun(moved),
    custodians: JSON.stringify(it.custodians),
    enforcement: it.enforcement,
    deviceKey: it.deviceKey,
    orderId: it.order,
    cardKey: null,
    keyState: 'pre-active',
    approverSet: null,
    uses: 0,
    lastNumber: 0,
    readNumber: null,
    readHead: null,
    divergences: '[]',
    suspension: null,
    disabling: null,
    overdue: 0,
    fieldLeases: '[]',
    retired: 0,
  };
}

function changed(row: ChipCardRow, fact: ChipCardEvent): Partial<ChipCardRow> {
  switch (fact.type) {
    case 'SigningKeyCertified':
      return { cardKey: fact.data.cardKey };
    case 'CardActivated':
      return { keyState: 'active', approverSet: fact.data.approverSet };
    case 'CardUsed':
      return { uses: row.uses + 1, lastNumber: Math.max(row.lastNumber, fact.data.number) };
    case 'CardLogRead': {
      const { number, head } = fact.data;
      return (row.readNumber ?? 0) > number ? {} : { readNumber: number, readHead: head };
    }
    case 'CardLogDiverged':
      return { divergences: withOne(row.divergences, { ...fact.data, healed: false, overdue: false, review: null }) };
    case 'CardLogHealed':
      return { divergences: withHealed(row.divergences, fact.data) };
    case 'DivergenceReviewed':
      return { divergences: reviewed(row.divergences, fact.data) };
    case 'DivergenceOverdue':
      return { divergences: wentOverdue(row.divergences, fact.data) };
    case 'FieldLeaseGiven':
      return {};
    case 'CardRetired':
      return { retired: 1, keyState: row.cardKey === null ? row.keyState : keyStateAfter(row.keyState, fact.type) };
    default:
      return { keyState: keyStateAfter(row.keyState, fact.type) };
  }
}

/** What officers owe of the card, and how its key was disabled. */
function withReviews(row: ChipCardRow, { fact, at }: Moved<ChipCardEvent>): ChipCardRow {
  const suspension = suspensionAfter(row.suspension, fact, at.lastAt);
  const disabling = fact.type === 'SigningKeyDeactivated' ? disablingOf(fact.data) : row.disabling;
  return { ...row, suspension, disabling, overdue: isAnyOverdue(suspension, row.divergences) ? 1 : 0 };
}

function disablingOf({ order, reason, modules, from }: Deactivation): string {
  return JSON.stringify({ order, reason, modules, size: from?.size ?? null, root: from?.root ?? null });
}

function leased(row: ChipCardRow, { fact, at }: Moved<ChipCardEvent>): Partial<ChipCardRow> {
  if (fact.type !== 'FieldLeaseGiven') return {};
  const { time, entries, approverSet, after, withdrawn } = fact.data;
  const it = { time, entries, approverSet, after, withdrawn, position: at.position };
  return { fieldLeases: withOne(row.fieldLeases, it) };
}

function withHealed(cell: string, came: Healed): string {
  const all = JSON.parse(cell) as readonly (Divergence & { readonly healed: boolean })[]; // written here alone
  const isIt = ({ kind, number, head }: Divergence): boolean =>
    kind === 'missing-upload' && number === came.number && head === came.head;
  return JSON.stringify(all.map((one) => (isIt(one) ? { ...one, healed: true } : one)));
}

/** Where a fact about a signing key moves its state, as the card's decider has it. */
export function keyStateAfter(before: KeyState, type: ChipCardEvent['type']): KeyState {
  switch (type) {
    case 'CardActivated':
    case 'SuspensionReviewed':
      return 'active';
    case 'SigningKeySuspended':
      return 'suspended';
    case 'SigningKeyDeactivated':
      return 'deactivated';
    case 'SigningKeyCompromised':
      return compromisedFrom(before);
    case 'CardRetired':
      return retiredFrom(before);
    default:
      return before;
  }
}
