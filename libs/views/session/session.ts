/** Sessions between a module and its station: open, refused or closed, and how many transactions each had. */
import type { SessionEvent } from '#libs/domain/session/session.ts';
import { type Row, begun, behind, viewOf } from '../view.ts';

export interface SessionRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly state: 'open' | 'refused' | 'closed';
  readonly station: string;
  readonly serial: string | null;
  readonly fingerprint: string | null;
  /** Number of the last transaction. */
  readonly counter: number;
  readonly authorized: number;
  readonly refused: number;
  readonly reason: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

const NOTHING = { counter: 0, authorized: 0, refused: 0, reason: null } as const;

export const sessionView = viewOf<SessionRow, SessionEvent>({
  name: 'session',
  columns: [
    'id',
    'since',
    'state',
    'station',
    'serial',
    'fingerprint',
    'counter',
    'authorized',
    'refused',
    'reason',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: ['SessionEstablished', 'SessionRefused', 'TransactionAuthorized', 'TransactionRefused', 'SessionClosed'],
  keysOf: (_fact, { stream }) => [behind('session-', stream)],
  apply: (row, moved) => {
    const { fact, at } = moved;
    if (fact.type === 'SessionEstablished') {
      const { station, serial, fingerprint } = fact.data;
      return { ...begun(moved), state: 'open', station, serial, fingerprint, ...NOTHING };
    }
    if (fact.type === 'SessionRefused') {
      const { station, serial, code } = fact.data;
      return { ...begun(moved), state: 'refused', station, serial, fingerprint: null, ...NOTHING, reason: code };
    }
    if (row === null) return null;
    switch (fact.type) {
      case 'TransactionAuthorized':
        return { ...row, counter: fact.data.counter, authorized: row.authorized + 1, ...at };
      case 'TransactionRefused':
        return { ...row, counter: fact.data.counter, refused: row.refused + 1, ...at };
      case 'SessionClosed':
        return { ...row, state: 'closed', reason: fact.data.reason, ...at };
      default:
        return row;
    }
  },
});
