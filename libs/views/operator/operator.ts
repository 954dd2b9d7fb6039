/** Operators: who signs in and who approves, with roles and keys, and what each has signed. */
import type { ApproverSetEvent } from '#libs/domain/approver-set/approver-set.ts';
import type { LogEvent } from '#libs/domain/log/log.ts';
import type { OrderEvent } from '#libs/domain/order/order.ts';
import type { OperatorEvent, ProviderLink } from '#libs/domain/operator/operator.ts';
import type { SignInEvent } from '#libs/domain/sign-in/sign-in.ts';
import { approvalJwk, approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import { type Operator, signInJwk } from '#libs/kernel/operator.ts';
import { never } from '#libs/kernel/refusal.ts';
import { parsedSet } from '../persons.ts';
import { type Moved, type Row, type Stamp, begun, behind, viewOf } from '../view.ts';

export interface OperatorRow extends Row {
  readonly id: string;
  readonly since: number;
  /** What he may be signed in as. */
  readonly roles: string;
  /** Thumbprint of his first sign-in credential that counts; null for who does not sign in. */
  readonly credential: string | null;
  /** Thumbprints of all of them. */
  readonly credentials: string;
  /** Accounts at providers that sign him in, each with issuer and link. */
  readonly links: string;
  /** `active`, `suspended`, `withdrawn`; `none` for who approves and does not sign in. */
  readonly standing: string;
  /** 1 when his name was thrown away. */
  readonly erased: number;
  readonly signIns: number;
  readonly lastSignIn: string | null;
  /** In the newest approver set that names him; null for who stands in none. */
  readonly setRoles: string;
  readonly setVersion: number | null;
  readonly setHash: string | null;
  /** Each with thumbprint and class. */
  readonly keys: string;
  readonly requested: number;
  readonly approved: number;
  readonly declined: number;
  readonly withdrawn: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

const OPERATOR = 'operator-';

type Founded = Extract<LogEvent, { type: 'DeploymentFounded' }>;
type Signed = Extract<OrderEvent, { type: 'OrderRequested' | 'OrderApproved' | 'OrderDeclined' | 'OrderWithdrawn' }>;
type SignedIn = Extract<SignInEvent, { type: 'SignedIn' }>;
type OperatorFact = Founded | ApproverSetEvent | Signed | SignedIn | OperatorEvent;

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
    'credential',
    'credentials',
    'links',
    'standing',
    'erased',
    'signIns',
    'lastSignIn',
    'setRoles',
    'setVersion',
    'setHash',
    'keys',
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
    'SignedIn',
    'OperatorEnrolled',
    'CredentialAdded',
    'ProviderLinked',
    'CredentialWithdrawn',
    'RoleGranted',
    'RoleWithdrawn',
    'OperatorSuspended',
    'OperatorWithdrawn',
    'OperatorErased',
  ],
  keysOf: (fact, { stream }) => {
    if (stream.startsWith(OPERATOR)) return [behind(OPERATOR, stream)];
    const set = setIn(fact);
    const signingIn = operatorsIn(fact).map((one) => one.id);
    if (set !== null) return [...new Set([...parsedSet(set).persons.map((one) => one.id), ...signingIn])];
    if (fact.type === 'SignedIn') return [fact.data.operator];
    const { data } = fact as Signed;
    return ['person' in data ? data.person : data.requester];
  },
  apply: (row, moved) => {
    const { fact, at } = moved;
    const set = setIn(fact);
    if (set !== null) return inSet(signsIn(row, moved), moved, set);
    if (row === null) return fact.type === 'OperatorEnrolled' ? moves(fresh(moved), fact, at) : null;
    switch (fact.type) {
      case 'OrderRequested':
        return { ...row, requested: row.requested + 1, ...at };
      case 'OrderApproved':
        return { ...row, approved: row.approved + 1, ...at };
      case 'OrderDeclined':
        return { ...row, declined: row.declined + 1, ...at };
      case 'OrderWithdrawn':
        return { ...row, withdrawn: row.withdrawn + 1, ...at };
      case 'SignedIn':
        return { ...row, signIns: row.signIns + 1, lastSignIn: at.lastAt, ...at };
      case 'DeploymentFounded':
      case 'ApproverSetAdopted':
        return row; // brings a set, which was dealt with above
      default:
        return moves(row, fact, at);
    }
  },
});

/** Who signs in, by the founding. */
function operatorsIn(fact: OperatorFact): readonly Operator[] {
  return fact.type === 'DeploymentFounded' ? fact.data.operators : [];
}

function fresh(moved: Moved<OperatorFact>): OperatorRow {
  return {
    ...begun(moved),
    roles: '[]',
    credential: null,
    credentials: '[]',
    links: '[]',
    standing: 'none',
    erased: 0,
    signIns: 0,
    lastSignIn: null,
    setRoles: '[]',
    setVersion: null,
    setHash: null,
    keys: '[]',
    requested: 0,
    approved: 0,
    declined: 0,
    withdrawn: 0,
  };
}

function signsIn(row: OperatorRow | null, moved: Moved<OperatorFact>): OperatorRow | null {
  const operator = operatorsIn(moved.fact).find((one) => one.id === moved.key);
  if (operator === undefined) return row;
  const credential = thumbprint(signInJwk(operator));
  const credentials = JSON.stringify([credential]);
  const { roles } = operator;
  return { ...(row ?? fresh(moved)), roles: JSON.stringify(roles), credential, credentials, standing: 'active' };
}

function moves(row: OperatorRow, fact: OperatorEvent, at: Stamp): OperatorRow {
  return { ...row, ...changed(row, fact), ...at };
}

function changed(row: OperatorRow, fact: OperatorEvent): Partial<OperatorRow> {
  const [roles, held] = [JSON.parse(row.roles), JSON.parse(row.credentials)] as [string[], string[]]; // written here alone
  switch (fact.type) {
    case 'OperatorEnrolled': {
      const { roles: given, credential } = fact.data;
      return { ...withRoles([...roles, ...given]), ...withHeld([...held, thumbprint(credential)]), standing: 'active' };
    }
    case 'CredentialAdded':
      return withHeld([...held, thumbprint(fact.data.credential)]);
    case 'ProviderLinked': {
      const { issuer, link } = fact.data;
      return { links: JSON.stringify([...linksOf(row), { issuer, link }]) };
    }
    case 'CredentialWithdrawn': {
      const links = linksOf(row).filter(({ link }) => link !== fact.data.credential);
      return { ...withHeld(held.filter((one) => one !== fact.data.credential)), links: JSON.stringify(links) };
    }
    case 'RoleGranted':
      return withRoles([...roles, ...fact.data.roles]);
    case 'RoleWithdrawn':
      return withRoles(roles.filter((one) => !fact.data.roles.some((role) => role === one)));
    case 'OperatorSuspended':
      return { standing: 'suspended' };
    case 'OperatorWithdrawn':
      return { standing: 'withdrawn' };
    case 'OperatorErased':
      return { erased: 1 };
    default:
      return never(fact);
  }
}

function linksOf({ links }: OperatorRow): readonly ProviderLink[] {
  return JSON.parse(links) as ProviderLink[]; // written here alone
}

function withRoles(roles: readonly string[]): Partial<OperatorRow> {
  return { roles: JSON.stringify([...new Set(roles)]) };
}

function withHeld(credentials: readonly string[]): Partial<OperatorRow> {
  const held = [...new Set(credentials)];
  return { credentials: JSON.stringify(held), credential: held[0] ?? null };
}

function inSet(row: OperatorRow | null, moved: Moved<OperatorFact>, text: string): OperatorRow | null {
  const set = parsedSet(text);
  const person = set.persons.find((one) => one.id === moved.key);
  if (person === undefined) return row;
  const keys = person.keys.map((key) => ({ kid: thumbprint(approvalJwk(key)), class: key.class }));
  return {
    ...(row ?? fresh(moved)),
    ...moved.at,
    setRoles: JSON.stringify(person.roles),
    keys: JSON.stringify(keys),
    setVersion: set.version,
    setHash: approverSetHash(ascii(text)),
  };
}
