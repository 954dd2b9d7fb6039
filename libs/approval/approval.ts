/**
 * Four eyes, checked in one place: does this order, with these approvals, hold under this approver set?
 * Card, station, platform, `verify` and evidence all call this and nothing else. Pure, on node:crypto.
 */
import {
  type ApprovalKey,
  type ApproverSet,
  type Person,
  type PolicyRule,
  approvalJwk,
  approverSetHash,
  holderOf,
  parseApproverSet,
  ruleFor,
} from '#libs/kernel/approver-set.ts';
import { type Proof, type StatementType, kidOf, verifyDetached } from '#libs/kernel/detached-jws.ts';
import { assertionOf, challengeFor } from '#libs/kernel/passkey.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Order, orderId, parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type AssertionCase, assertionHolds, passkeyLaw } from './passkey.ts';

/** What a relying party holds itself and compares with what it is shown. */
export interface Pins {
  /** Genesis hash of the deployment. */
  readonly genesis: string;
  /** Hash of the approver set it holds. */
  readonly approverSet: string;
}

/** An order under the approver set that the relying party holds. */
export interface OrderCase {
  readonly order: Order;
  readonly setBytes: Uint8Array;
  readonly set: ApproverSet;
  readonly rule: PolicyRule | null;
  readonly pins: Pins;
}

export const orderLaw: Law<OrderCase> = [
  {
    code: 'ORDER_OTHER_DEPLOYMENT',
    says: 'The order belongs to another deployment; request it in this one.',
    holds: (it) => it.order.genesis === it.pins.genesis,
  },
  {
    code: 'APPROVER_SET_ALTERED',
    says: 'The approver set shown is not the one that is held here.',
    holds: (it) => approverSetHash(it.setBytes) === it.pins.approverSet,
  },
  {
    code: 'ORDER_OTHER_APPROVER_SET',
    says: 'The order was written under another approver set; request it again under the one in force.',
    holds: (it) => it.order.approverSet === it.pins.approverSet,
  },
  {
    code: 'NO_POLICY',
    says: 'No rule of the approver set allows this kind of order for this site and module class.',
    holds: (it) => it.rule !== null,
  },
  {
    code: 'ENFORCEMENT_FORBIDDEN',
    says: 'The policy allows no unit that leaves its law to its host; issue a card that checks by itself.',
    holds: ({ order, rule }) =>
      order.kind !== 'issue-card' || order.enforcement === 'device' || rule?.enforcement === 'host',
  },
];

/** One approval: a proof over the order's bytes, and who holds the key that it names. */
export interface ApprovalCase {
  readonly order: Order;
  readonly bytes: Uint8Array;
  readonly type: StatementType;
  readonly proof: Proof;
  readonly holder: { readonly person: Person; readonly key: ApprovalKey } | null;
}

export const approvalLaw: Law<ApprovalCase> = [
  {
    code: 'APPROVAL_KEY_UNKNOWN',
    says: 'The approval names no key of the approver set; sign with an enrolled approval key.',
    holds: (it) => it.holder !== null,
  },
  {
    code: 'APPROVAL_NOT_APPROVER',
    says: 'The person who signed does not hold the role of an approver.',
    holds: (it) => it.holder?.person.roles.includes('approver') ?? true,
  },
  {
    code: 'APPROVAL_SIGNATURE',
    says: 'The signature of the approval does not hold over these bytes.',
    holds: (it) => it.holder === null || signatureHolds(it, it.holder.key),
  },
  {
    code: 'CUSTODIAN_APPROVES',
    says: 'A custodian of the card may not approve the order that issues it.',
    holds: (it) => it.order.kind !== 'issue-card' || !it.order.custodians.includes(it.holder?.person.id ?? ''),
  },
];

/** Persons who have approved, each once, whatever number of keys he used. */
export interface QuorumCase {
  readonly persons: ReadonlySet<string>;
  readonly personsClassA: ReadonlySet<string>;
  readonly rule: PolicyRule | null;
}

export const quorumLaw: Law<QuorumCase> = [
  {
    code: 'QUORUM_PERSONS',
    says: 'Too few different persons have approved this order; persons are counted, never keys.',
    holds: (it) => it.persons.size >= (it.rule?.persons ?? 0),
  },
  {
    code: 'QUORUM_CLASS_A',
    says: 'Too few persons have approved with a class A key on their own machine.',
    holds: (it) => it.personsClassA.size >= (it.rule?.classA ?? 0),
  },
];

export interface ApprovalLaws {
  readonly order: Law<OrderCase>;
  readonly approval: Law<ApprovalCase>;
  readonly quorum: Law<QuorumCase>;
  /** Beside `approval`, where the key is a passkey. */
  readonly passkey: Law<AssertionCase>;
}

export const fourEyes: ApprovalLaws = {
  order: orderLaw,
  approval: approvalLaw,
  quorum: quorumLaw,
  passkey: passkeyLaw,
};

/** Who signed: one person by one key. */
export interface Signer {
  readonly person: string;
  readonly kid: string;
  readonly keyClass: 'A' | 'B';
  readonly roles: readonly string[];
}

export interface ApprovedOrder {
  readonly order: Order;
  readonly orderId: string;
  readonly bytes: Uint8Array;
  readonly set: ApproverSet;
  readonly signers: readonly Signer[];
}

/** A passkey only asserts, and every other key only signs what it is shown. */
function signatureHolds({ type, bytes, proof }: ApprovalCase, key: ApprovalKey): boolean {
  if (!('passkey' in key)) return verifyDetached(type, bytes, { proof, key: approvalJwk(key) });
  const assertion = assertionOf(proof);
  return assertion !== null && assertionHolds(assertion, approvalJwk(key));
}

/** The thumbprint of the key that a proof names, by whichever of the two forms; null where it has neither. */
export function keyNamed(type: StatementType, proof: Proof): string | null {
  return kidOf(type, proof) ?? assertionOf(proof)?.kid ?? null;
}

/** An order read and held against the relying party's own pins. */
export function judgeOrder(
  bytes: Uint8Array,
  held: { readonly pins: Pins; readonly setBytes: Uint8Array },
  laws: ApprovalLaws = fourEyes,
): OrderCase | Refusal {
  const order = parseOrder(bytes);
  if (isRefusal(order)) return order;
  const set = parseApproverSet(held.setBytes);
  if (isRefusal(set)) return set;
  const it: OrderCase = { order, set, setBytes: held.setBytes, rule: ruleFor(set, order), pins: held.pins };
  return judge(laws.order, it) ?? it;
}

/** What somebody shows about an order: the bytes, and a proof over them. */
export interface Shown {
  readonly bytes: Uint8Array;
  readonly proof: Proof;
}

/** One approval of an order that `judgeOrder` let through. */
export function judgeApproval(it: OrderCase, shown: Shown, laws: ApprovalLaws = fourEyes): Signer | Refusal {
  return judgeStatement(it, { ...shown, type: 'keyledger-approval+jws' }, laws);
}

/** Who asks, declines or withdraws: a key of the set and a signature that holds, whatever the person's roles. */
export function whoSigned(it: OrderCase, shown: Shown & { readonly type: StatementType }): Signer | Refusal {
  const approval = approvalLaw.filter(
    (check) => check.code === 'APPROVAL_KEY_UNKNOWN' || check.code === 'APPROVAL_SIGNATURE',
  );
  return judgeStatement(it, shown, { approval, passkey: passkeyLaw });
}

function judgeStatement(
  it: OrderCase,
  shown: Shown & { type: StatementType },
  laws: Pick<ApprovalLaws, 'approval' | 'passkey'>,
): Signer | Refusal {
  const kid = keyNamed(shown.type, shown.proof) ?? '';
  const holder = holderOf(it.set, kid);
  const { person, key } = holder ?? {};
  const assertion = key !== undefined && 'passkey' in key ? assertionOf(shown.proof) : null;
  // Over an order nobody signs in: what a passkey says so is none of an order's statements.
  const challenge = shown.type === 'keyledger-sign-in+jws' ? null : challengeFor(shown.type, shown.bytes);
  const refusal =
    judge(laws.approval, { order: it.order, ...shown, holder }) ??
    (assertion === null || key === undefined || !('passkey' in key)
      ? null
      : judge(laws.passkey, { assertion, pinned: key.passkey, challenge }));
  if (refusal !== null) return refusal;
  return { person: person?.id ?? kid, kid, keyClass: key?.class ?? 'B', roles: person?.roles ?? [] };
}

/** Whether enough different persons signed. */
export function judgeQuorum(it: OrderCase, signers: readonly Signer[], laws: ApprovalLaws = fourEyes): Refusal | null {
  const persons = new Set(signers.map((one) => one.person));
  const personsClassA = new Set(signers.filter((one) => one.keyClass === 'A').map((one) => one.person));
  return judge(laws.quorum, { persons, personsClassA, rule: it.rule });
}

/** The whole of it: order, every approval, quorum. The first thing that does not hold refuses. */
export function checkApprovedOrder(
  shown: { readonly bytes: Uint8Array; readonly approvals: readonly Proof[] },
  held: { readonly pins: Pins; readonly setBytes: Uint8Array },
  laws: ApprovalLaws = fourEyes,
): ApprovedOrder | Refusal {
  const it = judgeOrder(shown.bytes, held, laws);
  if (isRefusal(it)) return it;
  const signers: Signer[] = [];
  for (const proof of shown.approvals) {
    const signer = judgeApproval(it, { bytes: shown.bytes, proof }, laws);
    if (isRefusal(signer)) return signer;
    signers.push(signer);
  }
  const refusal = judgeQuorum(it, signers, laws);
  if (refusal !== null) return refusal;
  return { order: it.order, orderId: orderId(shown.bytes), bytes: shown.bytes, set: it.set, signers };
}
