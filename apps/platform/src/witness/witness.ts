/** Witness of the log's witnesses: the approved order names the key, and the policy that comes of it can be read and met. */
import type { LogCommand } from '#libs/domain/log/log.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Admission } from '#libs/kernel/witness-policy.ts';
import { type WitnessPolicies, newestOf, policiesAfter } from '#libs/seal/witness-policies.ts';
import type { Facts } from '../board-facts.ts';
import { witnessApproved } from './order.ts';

/** Of the founding, and as each admission left it. */
export function witnessPolicies({ founding, admissions }: Facts): WitnessPolicies | Refusal {
  return policiesAfter(founding?.witnessPolicy ?? { quorum: 0, witnesses: [] }, admissions);
}

/** Null where the policy that would come of it can be read and met. */
export function refusedAdmission({ founding, admissions }: Facts, next: Admission): Refusal | null {
  const after = policiesAfter(founding?.witnessPolicy ?? { quorum: 0, witnesses: [] }, [...admissions, next]);
  return isRefusal(after) ? after : null;
}

export function witnessAdmission(
  facts: Facts,
  { order: id, now }: { readonly order: string; readonly now: Seconds },
): LogCommand | Refusal {
  const order = witnessApproved(facts, { id, kind: 'admit-witness', now });
  if (isRefusal(order)) return order;
  const admission = { witness: order.witness, instead: order.instead ?? null };
  const isDone = facts.admissions.some((one) => one.order === id);
  const refusal = isDone ? null : refusedAdmission(facts, admission);
  return refusal ?? { do: 'AdmitWitness', ...admission, order: id };
}

/** The policy in force; what a founding that cannot be read asks for, nobody meets. */
export function policyInForce(facts: Facts) {
  const policies = witnessPolicies(facts);
  return isRefusal(policies) ? policies : newestOf(policies);
}
