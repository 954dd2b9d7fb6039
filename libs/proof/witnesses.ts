/** Who witnesses the log: the policy of the founding, changed by approved orders alone. */
import type { WitnessAdmitted } from '#libs/domain/log/log.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type StatedPolicy, admitted } from '#libs/kernel/witness-policy.ts';
import { type WitnessPolicy, parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import type { Known, KnownPolicy } from './known.ts';
import { actUnder, approvedOrder } from './orders.ts';

const OTHER = refuse('ACT_OTHER_THAN_ORDERED', 'What was done is not what the approved order says.');

/** WitnessAdmitted: the key that the order names, in the place that it names, and still a policy that can be met. */
export function witnessAdmitted(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as WitnessAdmitted['data'];
  const order = approvedOrder(known, said.order, 'admit-witness');
  if (isRefusal(order)) return order;
  if (order.witness !== said.witness || (order.instead ?? null) !== said.instead) return OTHER;
  const stated = nextPolicy(known, said);
  if (isRefusal(stated)) return stated;
  const policy = parseWitnessPolicy(stated);
  if (isRefusal(policy)) return policy;
  known.witnessPolicies = [...known.witnessPolicies, { from: known.index, stated, policy }];
  known.acts.add(actUnder(said.order, event.stream));
  return null;
}

function nextPolicy({ witnessPolicies }: Known, said: WitnessAdmitted['data']): StatedPolicy | Refusal {
  const before = witnessPolicies.at(-1);
  if (before === undefined) throw new Error('nothing is judged before the founding');
  return admitted(before.stated, said);
}

/**
 * Policies by which a checkpoint over so many events may be judged: the one that was in force over them, and those after.
 * A witness that was replaced counts for what it saw before, and never for what came after.
 */
export function policiesOver(policies: readonly KnownPolicy[], size: number): readonly WitnessPolicy[] {
  const first = policies.findLastIndex(({ from }) => from < size);
  return policies.slice(Math.max(0, first)).map(({ policy }) => policy);
}
