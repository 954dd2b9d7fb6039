/** How long a station went on trusting a key after it was decided otherwise: from the decision to the list that the station enforces. */
import type { TrustListEvent } from '#libs/domain/trust-list/trust-list.ts';
import { type Row, begun, behind, viewOf } from '../view.ts';

export interface EnforcementRow extends Row {
  /** `<station> <position of the decision>`. */
  readonly id: string;
  readonly since: number;
  readonly station: string;
  readonly cardKey: string;
  readonly state: 'suspended' | 'deactivated' | 'compromised';
  readonly orderId: string;
  /** Version of the list that says so; null before it is published. */
  readonly version: number | null;
  /** When the decision was recorded, and when the station began to enforce it by its own clock. */
  readonly decidedAt: string;
  readonly enforcedAt: string | null;
  readonly milliseconds: number | null;
  /** The station, as long as it is not enforced there. */
  readonly pending: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

export const enforcementView = viewOf<EnforcementRow, TrustListEvent>({
  name: 'enforcement',
  columns: [
    'id',
    'since',
    'station',
    'cardKey',
    'state',
    'orderId',
    'version',
    'decidedAt',
    'enforcedAt',
    'milliseconds',
    'pending',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: ['SigningKeyDisabled', 'TrustListPublished', 'TrustListEnforced'],
  keysOf: (fact, { stream, position }) =>
    fact.type === 'SigningKeyDisabled' ? [`${behind('trust-list-', stream)} ${position}`] : [],
  groupOf: (fact, { stream }) =>
    fact.type === 'SigningKeyDisabled' ? null : { column: 'pending', value: behind('trust-list-', stream) },
  apply: (row, moved) => {
    const { fact, stream, at, occurredAt } = moved;
    const station = behind('trust-list-', stream);
    if (fact.type === 'SigningKeyDisabled') {
      const { cardKey, to: state, order: orderId } = fact.data;
      const open = { version: null, enforcedAt: null, milliseconds: null, pending: station };
      return { ...begun(moved), station, cardKey, state, orderId, decidedAt: at.lastAt, ...open };
    }
    if (row === null) return null;
    if (fact.type === 'TrustListPublished')
      return row.version === null ? { ...row, version: fact.data.version, ...at } : row;
    if (fact.type !== 'TrustListEnforced' || row.version === null || fact.data.version < row.version) return row;
    const milliseconds = Math.max(0, Date.parse(occurredAt) - Date.parse(row.decidedAt));
    return { ...row, enforcedAt: occurredAt, milliseconds, pending: null, ...at };
  },
});
