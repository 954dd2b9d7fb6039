/** Who witnesses this log, as it says itself: every admission was judged before it was written, and an auditor judges it again. */
import { type WitnessAdmitted, logStream } from '#libs/domain/log/log.ts';
import type { EventStore } from '#libs/event-store/event-store.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { StatedPolicy } from '#libs/kernel/witness-policy.ts';
import { type WitnessPolicies, policiesAfter } from '#libs/seal/witness-policies.ts';

export async function policiesIn(
  store: Pick<EventStore, 'readStream'>,
  founding: StatedPolicy,
): Promise<WitnessPolicies | Refusal> {
  const admissions: WitnessAdmitted['data'][] = [];
  for await (const { type, data } of store.readStream(logStream()))
    if (type === 'WitnessAdmitted') admissions.push(data as WitnessAdmitted['data']); // written by our own decider
  return policiesAfter(founding, admissions);
}
