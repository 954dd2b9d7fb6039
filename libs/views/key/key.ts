/** Every key of the deployment, whoever holds it, with its state of NIST SP 800-57. */
import { retiredFrom } from '#libs/domain/chip-card/signing-key.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { KeyState } from '#libs/kernel/key-state.ts';
import { keyStateAfter } from '../chip-card/chip-card.ts';
import { type Moved, type Row, begun, behind, viewOf } from '../view.ts';
import { type Known, type KeyFact, type KeyKind, keyId, keysIn, serialOf } from './known-keys.ts';

export interface KeyRow extends Row {
  /** `<kind>:<name>`; of a module key `module-key:<serial>:<epoch>`. */
  readonly id: string;
  readonly since: number;
  readonly kind: KeyKind;
  readonly name: string;
  readonly holder: string;
  readonly state: KeyState;
  readonly epoch: number | null;
  /** Order under which the key came or was disabled. */
  readonly orderId: string | null;
  readonly reason: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

export const keyView = viewOf<KeyRow, KeyFact>({
  name: 'key_view',
  columns: [
    'id',
    'since',
    'kind',
    'name',
    'holder',
    'state',
    'epoch',
    'orderId',
    'reason',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: [
    'DeploymentFounded',
    'CheckpointKeyIntroduced',
    'ApproverSetAdopted',
    'ManufacturerKeyRegistered',
    'ManufacturerKeyWithdrawn',
    'UnitEnrolled',
    'UnitWithdrawn',
    'StationRegistered',
    'StationKeyIntroduced',
    'StationKeyRetired',
    'CardIssued',
    'SigningKeyCertified',
    'CardActivated',
    'SigningKeySuspended',
    'SuspensionReviewed',
    'SigningKeyDeactivated',
    'SigningKeyCompromised',
    'CardRetired',
    'ModuleInitialized',
    'ModuleEnteredOperation',
    'ModuleReset',
    'ModuleRetired',
    'ModuleKeyReceived',
    'OperatorEnrolled',
    'CredentialAdded',
    'CredentialWithdrawn',
    'OperatorSuspended',
    'OperatorWithdrawn',
  ],
  keysOf: (fact, { stream }) => [...keysIn(fact, stream).map((one) => one.id), ...namedBy(fact, stream)],
  groupOf,
  apply: (row, moved) => {
    const known = keysIn(moved.fact, moved.stream).find((one) => one.id === moved.key);
    if (known !== undefined) return brought(row, known, moved);
    if (row === null) return null;
    return isConcerned(row, moved.fact) ? { ...row, ...changed(row, moved.fact), ...moved.at } : row;
  },
});

/** A person signs in with some of his keys, and approves with others: those stay as they are. */
function isConcerned({ kind, state }: KeyRow, { type }: KeyFact): boolean {
  if (!OF_OPERATORS.includes(type)) return true;
  const moves = type === 'OperatorEnrolled' ? state === 'suspended' : state === 'active' || state === 'suspended';
  return kind === 'sign-in-credential' && moves;
}

const OF_OPERATORS: readonly string[] = ['OperatorEnrolled', 'OperatorSuspended', 'OperatorWithdrawn'];

/** Keys that a fact moves without bringing them. */
function namedBy(fact: KeyFact, stream: string): readonly string[] {
  switch (fact.type) {
    case 'StationKeyRetired':
      return [keyId('station-key', fact.data.stationKey)];
    case 'ManufacturerKeyWithdrawn':
      return [keyId('manufacturer-root', fact.data.root)];
    case 'CredentialWithdrawn':
      return [keyId('sign-in-credential', fact.data.credential)];
    case 'CardActivated':
    case 'SigningKeySuspended':
    case 'SuspensionReviewed':
    case 'SigningKeyDeactivated':
    case 'SigningKeyCompromised':
      return [keyId('signing-key', fact.data.cardKey)];
    case 'ModuleEnteredOperation':
    case 'ModuleReset':
      return [keyId('module-key', `${serialOf(stream)}:${fact.data.epoch}`)];
    default:
      return [];
  }
}

/** What is withdrawn or retired takes all keys of its holder along; a new approver set those that it no longer names. */
function groupOf(fact: KeyFact, { stream }: StoredEvent) {
  const heldBy = (value: string) => ({ column: 'holder', value });
  switch (fact.type) {
    case 'ApproverSetAdopted':
      return { column: 'kind', value: 'approval-key' };
    case 'OperatorEnrolled':
    case 'OperatorSuspended':
    case 'OperatorWithdrawn':
      return heldBy(`person:${behind('operator-', stream)}`);
    case 'UnitWithdrawn':
      return heldBy(`unit:${behind('unit-', stream)}`);
    case 'CardRetired':
      return heldBy(`card:${behind('card-', stream)}`);
    case 'ModuleRetired':
      return heldBy(`module:${serialOf(stream)}`);
    default:
      return null;
  }
}

/** A key that was announced becomes what it is now; one that is known stays where it is. */
function brought(
  row: KeyRow | null,
  { kind, name, holder, state, epoch, order }: Known,
  moved: Moved<KeyFact>,
): KeyRow {
  if (row === null)
    return { ...begun(moved), kind, name, holder, state, epoch: epoch ?? null, orderId: order ?? null, reason: null };
  if (row.state === 'suspended' && kind === 'sign-in-credential') return { ...row, state, ...moved.at };
  if (row.state !== 'pre-active') return row;
  return { ...row, name, state, ...moved.at };
}

function changed(row: KeyRow, fact: KeyFact): Partial<KeyRow> {
  switch (fact.type) {
    case 'CardActivated':
      return { state: keyStateAfter(row.state, fact.type) };
    case 'SigningKeySuspended':
    case 'SigningKeyDeactivated':
    case 'SigningKeyCompromised':
      return { state: keyStateAfter(row.state, fact.type), orderId: fact.data.order, reason: fact.data.reason };
    case 'SuspensionReviewed':
      return { state: 'active', orderId: fact.data.by, reason: null };
    case 'ModuleEnteredOperation':
      return { state: 'active', orderId: fact.data.order };
    case 'ModuleReset':
      return { state: 'destroyed', orderId: fact.data.order, reason: 'reset' }; // deactivated and erased in one step
    case 'OperatorEnrolled':
      return { state: 'active', orderId: fact.data.order, reason: null };
    case 'OperatorSuspended':
      return { state: 'suspended', orderId: fact.data.order, reason: fact.data.reason };
    case 'OperatorWithdrawn':
    case 'CredentialWithdrawn':
    case 'ManufacturerKeyWithdrawn':
      return { state: retiredFrom(row.state), orderId: fact.data.order, reason: fact.data.reason };
    case 'ApproverSetAdopted':
    case 'StationKeyRetired':
    case 'UnitWithdrawn':
    case 'CardRetired':
    case 'ModuleRetired':
      return { state: retiredFrom(row.state) };
    default:
      return {};
  }
}
