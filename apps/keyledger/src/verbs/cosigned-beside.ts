/** What witnesses cosigned, beside the record that is verified. */
import { logStream } from '#libs/domain/log/log.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Admission, StatedPolicy } from '#libs/kernel/witness-policy.ts';
import { type Cosigned, isCosignedUnder, readCosigned } from '#libs/seal/cosigned-file.ts';
import { policiesAfter } from '#libs/seal/witness-policies.ts';

/**
 * The newest cosigned checkpoint as it lies there. Who was let in since the founding is taken from the log unjudged here; once
 * the log holds, it is counted again by the policies that the walk judged.
 */
export async function cosignedBeside(
  reader: LogReader,
  file: string,
  stated: StatedPolicy,
): Promise<Cosigned | null | Refusal> {
  const cosigned = readCosigned(file);
  if (cosigned === null || isRefusal(cosigned)) return cosigned;
  const admissions: Admission[] = [];
  for await (const { type, data } of reader.readStream(logStream()))
    if (type === 'WitnessAdmitted') admissions.push(data as Admission);
  const policies = policiesAfter(stated, admissions);
  return (isRefusal(policies) ? policies : isCosignedUnder(cosigned, policies)) ?? cosigned;
}
