/** The witness policies of a log, one after the other: of the founding, and as each admission left it. */
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type Admission, type StatedPolicy, admitted } from '#libs/kernel/witness-policy.ts';
import { type WitnessPolicy, parseWitnessPolicy } from './cosignature.ts';

/** Oldest first; the last one is in force. */
export type WitnessPolicies = readonly [WitnessPolicy, ...WitnessPolicy[]];

/** Refuses where an admission does not fit or one of the policies cannot be read. */
export function policiesAfter(founding: StatedPolicy, admissions: readonly Admission[]): WitnessPolicies | Refusal {
  const first = parseWitnessPolicy(founding);
  if (isRefusal(first)) return first;
  const policies: [WitnessPolicy, ...WitnessPolicy[]] = [first];
  let stated = founding;
  for (const admission of admissions) {
    const next = admitted(stated, admission);
    if (isRefusal(next)) return next;
    const policy = parseWitnessPolicy(next);
    if (isRefusal(policy)) return policy;
    stated = next;
    policies.push(policy);
  }
  return policies;
}

/** The one in force. */
export function newestOf(policies: WitnessPolicies): WitnessPolicy {
  return policies.at(-1) ?? policies[0];
}
