/** Operators after the founding: each change of who signs in, and with what, needs its approved order and says nothing else. */
import {
  type OperatorEvent,
  type OperatorState,
  type Standing,
  UNTOUCHED,
  operatorDecider,
  standingOf,
} from '#libs/domain/operator/operator.ts';
import { holderOf } from '#libs/kernel/approver-set.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import type { Operator } from '#libs/kernel/operator.ts';
import type { Order } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { genesisOf, setOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { actUnder, approvedOrder } from './orders.ts';
import { thumbprintOf } from './signatures.ts';

const OTHER = refuse('ACT_OTHER_THAN_ORDERED', 'What was done is not what the approved order says.');
const APPROVES = refuse('SIGN_IN_KEY_APPROVES', 'A key that approves was enrolled to sign in.');
const HELD = refuse('KEY_TWICE', 'A credential of one operator was given to another.');

export function foundedOperator(known: Known, id: string): Operator | null {
  return genesisOf(known).founding.operators.find((one) => one.id === id) ?? null;
}

/** An operator as the record has him up to here. */
export function operatorIn(known: Known, id: string): Standing {
  return standingOf(known.operators.get(id) ?? UNTOUCHED, foundedOperator(known, id));
}

/** Thumbprints of every credential that signs somebody in. */
export function credentialsThatSignIn(known: Known): readonly string[] {
  return everybody(known).flatMap((id) => operatorIn(known, id).credentials.map(thumbprint));
}

function everybody(known: Known): readonly string[] {
  const founded = genesisOf(known).founding.operators.map(({ id }) => id);
  return [...new Set([...founded, ...known.operators.keys()])];
}

type Ordered = Extract<OperatorEvent, { data: { order: string } }>;
type Says<Event> = (event: Event, order: Order) => boolean;

/** What each event must share with the order of its kind. */
const ORDERED: {
  readonly [Type in Ordered['type']]: {
    readonly kind: Extract<Order, { operator: string }>['kind'];
    readonly says: Says<Extract<Ordered, { type: Type }>['data']>;
  };
} = {
  OperatorEnrolled: {
    kind: 'enrol-operator',
    says: (said, order) =>
      order.kind === 'enrol-operator' &&
      said.operator === order.operator &&
      same(said.roles, order.roles) &&
      thumbprintOf(said.credential) === order.credential &&
      same(said.passkey ?? 'none', order.passkey ?? 'none'),
  },
  CredentialAdded: {
    kind: 'enrol-operator',
    says: (said, order) =>
      order.kind === 'enrol-operator' &&
      thumbprintOf(said.credential) === order.credential &&
      same(said.passkey ?? 'none', order.passkey ?? 'none'),
  },
  ProviderLinked: {
    kind: 'link-operator',
    says: (said, order) => order.kind === 'link-operator' && said.issuer === order.issuer && said.link === order.link,
  },
  CredentialWithdrawn: {
    kind: 'withdraw-credential',
    says: (said, order) =>
      order.kind === 'withdraw-credential' && said.credential === order.credential && said.reason === order.reason,
  },
  RoleGranted: {
    kind: 'grant-roles',
    says: (said, order) => order.kind === 'grant-roles' && said.roles.every((role) => order.roles.includes(role)),
  },
  RoleWithdrawn: {
    kind: 'withdraw-roles',
    says: (said, order) =>
      order.kind === 'withdraw-roles' && same(said.roles, order.roles) && said.reason === order.reason,
  },
  OperatorSuspended: {
    kind: 'suspend-operator',
    says: (said, order) => order.kind === 'suspend-operator' && said.reason === order.reason,
  },
  OperatorWithdrawn: {
    kind: 'withdraw-operator',
    says: (said, order) => order.kind === 'withdraw-operator' && said.reason === order.reason,
  },
};

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Every event of the room but OperatorErased. */
export function operatorChanged(known: Known, event: StoredEvent): Refusal | null {
  const fact = { type: event.type, data: event.data } as Ordered; // its shape was judged before
  const { kind, says } = ORDERED[fact.type];
  const order = approvedOrder(known, fact.data.order, kind);
  if (isRefusal(order)) return order;
  const id = nameIn(event.stream, 'operator-');
  if (order.operator !== id || !(says as Says<unknown>)(fact.data, order)) return OTHER;
  const refusal =
    'credential' in fact.data && typeof fact.data.credential !== 'string'
      ? mayHold(known, id, thumbprint(fact.data.credential))
      : null;
  if (refusal !== null) return refusal;
  remember(known, id, fact);
  known.acts.add(actUnder(fact.data.order, event.stream));
  return null;
}

/** OperatorErased: nothing that anybody relies on. */
export function operatorErased(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const { by } = data as { readonly by: string };
  if (!operatorIn(known, by).roles.includes('administrator'))
    return refuse('ERASED_BY_STRANGER', 'A name is erased by an administrator.');
  remember(known, nameIn(stream, 'operator-'), { type: 'OperatorErased', data: { by } });
  return null;
}

function mayHold(known: Known, id: string, credential: string): Refusal | null {
  if (holderOf(setOf(known).set, credential) !== null) return APPROVES;
  const others = everybody(known).filter((one) => one !== id);
  return others.some((one) => operatorIn(known, one).credentials.map(thumbprint).includes(credential)) ? HELD : null;
}

function remember(known: Known, id: string, fact: OperatorEvent): void {
  const before: OperatorState = known.operators.get(id) ?? UNTOUCHED;
  known.operators.set(id, operatorDecider.evolve(before, fact));
}
