/** The approver sets in their order: the first stands in the founding, each later one is approved under the one before it. */
import { NO_PREVIOUS_SET } from '#libs/kernel/approver-set.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

export interface Adoption {
  /** Rises by one. */
  readonly version: number;
  readonly hash: string;
  /** Hash of the set before it; 32 zero octets for the first. */
  readonly previous: string;
  /** Canonical text. */
  readonly document: string;
  /** The order by which the set in force approved this one; null only for the first. */
  readonly order: string | null;
}

export type ApproverSetAdopted = Fact<'ApproverSetAdopted', Adoption>;
export type ApproverSetEvent = ApproverSetAdopted;

export type ApproverSetCommand = { readonly do: 'AdoptApproverSet' } & Adoption;

export type ApproverSetState =
  { readonly is: 'none' } | { readonly is: 'in-force'; readonly version: number; readonly hash: string };

export const approverSetStream = (): string => 'approver-set';

export const approverSetDecider: Decider<ApproverSetState, ApproverSetCommand, ApproverSetEvent> = {
  initial: { is: 'none' },
  decide: (command, state) => {
    const { version, hash, previous, document, order } = command;
    if (state.is === 'in-force' && state.hash === hash) return [];
    const refusal = state.is === 'none' ? firstMay(command) : nextMay(command, state);
    return refusal ?? [{ type: 'ApproverSetAdopted', data: { version, hash, previous, document, order } }];
  },
  evolve: (_state, { data }) => ({ is: 'in-force', version: data.version, hash: data.hash }),
};

/** The set of the founding needs no event: the second one goes on from it. That it names that set, the witness has checked. */
function firstMay(set: Adoption): Refusal | null {
  const isFirst = set.version === 1 && set.previous === NO_PREVIOUS_SET && set.order === null;
  const isSecond = set.version === 2 && set.previous !== NO_PREVIOUS_SET && set.order !== null;
  if (isFirst || isSecond) return null;
  return refuse(
    'NOT_THE_FIRST_SET',
    'The first approver set has version 1, no set before it and no order; the second one an order.',
  );
}

function nextMay(set: Adoption, inForce: { readonly version: number; readonly hash: string }): Refusal | null {
  if (set.version !== inForce.version + 1)
    return refuse(
      'VERSION_NOT_NEXT',
      `The set in force has version ${inForce.version}; write the next one as ${inForce.version + 1}.`,
    );
  if (set.previous !== inForce.hash)
    return refuse(
      'PREVIOUS_NOT_IN_FORCE',
      'The new set names another set before it than the one in force; write it anew.',
    );
  if (set.order === null)
    return refuse('ORDER_NEEDED', 'A later approver set needs an order approved under the one in force.');
  return null;
}
