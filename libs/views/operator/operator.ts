/** Operators: the persons of the approver sets, with their roles and keys, and what each has signed. */
import type { ApproverSetEvent } from '#libs/domain/approver-set/approver-set.ts';
import type { LogEvent } from '#libs/domain/log/log.ts';
import type { OrderEvent } from '#libs/domain/order/order.ts';
import { approvalJwk, approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import { parsedSet } from '../persons.ts';
import { type Moved, type Row, begun, viewOf } from '../view.ts';

export interface OperatorRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly roles: string;
  /** Each with thumbprint and class. */
  readonly keys: string;
  readonly setVersion: number;
  readonly setHash: string;
  readonly requested: number;
  readonly approved: number;
  readonly declined: number;
  readonly withdrawn: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

type Founded = Extract<LogEvent, { type: 'DeploymentFounded' }>;
type Signed = Extract<OrderEvent, { type: 'OrderRequested' | 'OrderApproved' | 'OrderDeclined' | 'OrderWithdrawn' }>;
type OperatorFact = Founded | ApproverSetEvent | Signed;

/** The approver set that a fact brings, canonical text; null where it brings none. */
function setIn(fact: { readonly type: string; readonly data: unknown }): string | null {
  if (fact.type === 'DeploymentFounded') return (fact as Founded).data.approverSet;
  return fact.type === 'ApproverSetAdopted' ? (fact as ApproverSetEvent).data.document : null;
}

export const operatorView = viewOf<OperatorRow, OperatorFact>({
  name: 'operator',
  columns: [
    'id',
    'since',
    'roles',
    'keys',
    'setVersion',
    'setHash',
    'requested',
    'approved',
    'declined',
    'withdrawn',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: [
    'DeploymentFounded',
    'ApproverSetAdopted',
    'OrderRequested',
    'OrderApproved',
    'OrderDeclined',
    'OrderWithdrawn',
  ],
  keysOf: (fact) => {
    const set = setIn(fact);
    if (set !== null) return parsedSet(set).persons.map((one) => one.id);
    const { data } = fact as Signed;
    return ['person' in data ? data.person : data.requester];
  },
  apply: (row, moved) => {
    const { fact, at } = moved;
    const set = setIn(fact);
    if (set !== null) return inSet(row, moved, set);
    if (row === null) return null;
    switch (fact.type) {
      case 'OrderRequested':
        return { ...row, requested: row.requested + 1, ...at };
      case 'OrderApproved':
        return { ...row, approved: row.approved + 1, ...at };
      case 'OrderDeclined':
        return { ...row, declined: row.declined + 1, ...at };
      case 'OrderWithdrawn':
        return { ...row, withdrawn: row.withdrawn + 1, ...at };
      default:
        return row; // a set, which was dealt with above
    }
  },
});

function inSet(row: OperatorRow | null, moved: Moved<OperatorFact>, text: string): OperatorRow | null {
  const set = parsedSet(text);
  const person = set.persons.find((one) => one.id === moved.key);
  if (person === undefined) return row;
  const keys = person.keys.map((key) => ({ kid: thumbprint(approvalJwk(key)), class: key.class }));
  return {
    ...(row ?? { ...begun(moved), requested: 0, approved: 0, declined: 0, withdrawn: 0 }),
    ...moved.at,
    roles: JSON.stringify(person.roles),
    keys: JSON.stringify(keys),
    setVersion: set.version,
    setHash: approverSetHash(ascii(text)),
  };
}
