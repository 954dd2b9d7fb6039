/** Witness of orders about people: what is brought must be what the approved order names, and nobody may get a key twice. */
import type { ApproverSetCommand } from '#libs/domain/approver-set/approver-set.ts';
import type { OperatorCommand } from '#libs/domain/operator/operator.ts';
import { holderOf, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { judgeDisjoint } from '#libs/kernel/operator.ts';
import type { Order } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';
import { credentialsOf, foundedOperator, setInForce } from '../people-facts.ts';
import { type CredentialInput, credentialOf } from './enrolment.ts';
import { witnessApproved } from './order.ts';

const OTHER_SET = refuse(
  'OTHER_SET_THAN_ORDERED',
  'The document is not the approver set that the approved order names.',
);

export function witnessAdoption(
  facts: Facts,
  it: { readonly order: string; readonly document: string; readonly now: Seconds },
): ApproverSetCommand | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'adopt-approver-set', now: it.now });
  if (isRefusal(order)) return order;
  const bytes = ascii(it.document);
  const set = parseApproverSet(bytes);
  if (isRefusal(set)) return set;
  if (hashId(bytes) !== order.set || set.version !== order.version || set.previous !== order.previous) return OTHER_SET;
  if (order.previous !== setInForce(facts).hash)
    return refuse(
      'PREVIOUS_NOT_IN_FORCE',
      'The new set names another set before it than the one in force; write it anew.',
    );
  const { version, previous, set: hash } = order;
  const refusal = judgeDisjoint(set, [...credentialsOf(facts).values()].flat());
  return refusal ?? { do: 'AdoptApproverSet', version, hash, previous, document: it.document, order: it.order };
}

type AboutPerson = Extract<Order, { operator: string }>['kind'];

/** Whose stream an order changes, and how: for every kind of order about an operator. */
export interface WitnessedOperator {
  readonly operator: string;
  readonly command: OperatorCommand;
}

const KINDS: readonly AboutPerson[] = [
  'enrol-operator',
  'link-operator',
  'grant-roles',
  'withdraw-roles',
  'suspend-operator',
  'withdraw-operator',
  'withdraw-credential',
];

/** `credential` is brought for an enrolment, whose order holds its thumbprint alone. */
export function witnessOperator(
  facts: Facts,
  it: { readonly order: string; readonly credential?: CredentialInput | null; readonly now: Seconds },
): WitnessedOperator | Refusal {
  const kind = KINDS.find((one) => one === facts.orders.get(it.order)?.state.order.kind);
  const order = witnessApproved(facts, { id: it.order, kind: kind ?? 'enrol-operator', now: it.now });
  if (isRefusal(order)) return order;
  const founded = foundedOperator(facts, order.operator);
  const command = commandOf(facts, order, { ...it, founded });
  return isRefusal(command) ? command : { operator: order.operator, command };
}

type Brought = { readonly order: string; readonly credential?: CredentialInput | null } & Pick<
  OperatorCommand,
  'founded'
>;

function commandOf(facts: Facts, order: Extract<Order, { kind: AboutPerson }>, it: Brought): OperatorCommand | Refusal {
  const by = { founded: it.founded, order: it.order };
  switch (order.kind) {
    case 'enrol-operator':
      return enrolment(facts, order, it);
    case 'link-operator':
      return { do: 'LinkProvider', ...by, issuer: order.issuer, link: order.link };
    case 'grant-roles':
      return { do: 'GrantRoles', ...by, roles: order.roles };
    case 'withdraw-roles':
      return { do: 'WithdrawRoles', ...by, roles: order.roles, reason: order.reason };
    case 'suspend-operator':
      return { do: 'SuspendOperator', ...by, reason: order.reason };
    case 'withdraw-operator':
      return { do: 'WithdrawOperator', ...by, reason: order.reason };
    case 'withdraw-credential':
      return { do: 'WithdrawCredential', ...by, credential: order.credential, reason: order.reason };
  }
}

function enrolment(
  facts: Facts,
  { operator, roles, credential: ordered, passkey }: Extract<Order, { kind: 'enrol-operator' }>,
  { order, credential: given, founded }: Brought,
): OperatorCommand | Refusal {
  if (given == null) return refuse('CREDENTIAL_MISSING', 'Bring the credential whose thumbprint the order names.');
  const credential = credentialOf(given, ordered);
  if (isRefusal(credential)) return credential;
  const set = parseApproverSet(setInForce(facts).bytes);
  if (isRefusal(set)) return set;
  if (holderOf(set, ordered) !== null)
    return refuse(
      'SIGN_IN_KEY_APPROVES',
      'A key that approves never signs in; give the operator a credential of his own.',
    );
  const others = [...credentialsOf(facts)].filter(([id]) => id !== operator);
  if (others.some(([, held]) => held.includes(ordered)))
    return refuse('KEY_TWICE', 'Another operator has this credential; make a new one.');
  const key = { credential, ...(passkey === undefined ? {} : { passkey }) };
  return { do: 'EnrolOperator', founded, operator, roles, ...key, order };
}
