/** Witness of who witnesses the log: the approved order names the key, and the policy that comes of it can be read and met. */
import type { LogCommand } from '#libs/domain/log/log.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Admission } from '#libs/kernel/witness-policy.ts';
import type { WitnessPolicy } from '#libs/seal/cosignature.ts';
import { type WitnessPolicies, newestOf, policiesAfter } from '#libs/seal/witness-policies.ts';
import type { Facts } from '../board-facts.ts';
import { witnessApproved } from './order.ts';

/** Of the founding, as each admission left it, and as the next one would. */
function policiesOf({ founding, admissions }: Facts, ...next: readonly Admission[]): WitnessPolicies | Refusal {
  return policiesAfter(founding?.witnessPolicy ?? { quorum: 0, witnesses: [] }, [...admissions, ...next]);
}

/** Refuses where the founding's cannot be read: nobody meets it. */
export function policyInForce(facts: Facts): WitnessPolicy | Refusal {
  const policies = policiesOf(facts);
  return isRefusal(policies) ? policies : newestOf(policies);
}

/** Null where the policy that would come of it can be read and met. */
export function refusedAdmission(facts: Facts, next: Admission): Refusal | null {
  const policies = policiesOf(facts, next);
  return isRefusal(policies) ? policies : null;
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
