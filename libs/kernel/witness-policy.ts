/** Who must have seen a checkpoint: k of n witnesses by their keys, as the founding says it and approved orders change it. */
import { type Refusal, refuse } from './refusal.ts';

export interface StatedPolicy {
  /** 0 asks for none. */
  readonly quorum: number;
  /** C2SP verifier keys, text. */
  readonly witnesses: readonly string[];
}

export interface Admission {
  /** C2SP verifier key of the witness that is let in, text. */
  readonly witness: string;
  /** Name of the witness in whose place it comes; null where it comes beside the others. */
  readonly instead: string | null;
}

export const WITNESSES_MAX = 64;

/** The name in a verifier key. */
export function witnessName(key: string): string {
  return key.split('+')[0] ?? key;
}

/** The policy with this witness let in; the quorum stays. Whether its key is one, only whoever can read keys knows. */
export function admitted({ quorum, witnesses }: StatedPolicy, { witness, instead }: Admission): StatedPolicy | Refusal {
  if (quorum === 0) return refuse('WITNESSES_NOT_ASKED', 'The founding of this deployment asks for no witnesses.');
  const others = witnesses.filter((one) => witnessName(one) !== instead);
  if (instead !== null && others.length === witnesses.length)
    return refuse('WITNESS_UNKNOWN', `No witness named ${instead} is in the policy; name one that is.`);
  if (others.some((one) => witnessName(one) === witnessName(witness)))
    return refuse(
      'WITNESS_KNOWN',
      `A witness named ${witnessName(witness)} is in the policy; give the new one another name.`,
    );
  if (others.length >= WITNESSES_MAX)
    return refuse(
      'WITNESSES_TOO_MANY',
      `A policy has at most ${WITNESSES_MAX} witnesses; let one in instead of another.`,
    );
  return { quorum, witnesses: [...others, witness] };
}
