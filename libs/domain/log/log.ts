/** The log itself: whose deployment it records, the keys that sign its checkpoints, and who witnesses them. Its first event is the genesis. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import type { Operator } from '#libs/kernel/operator.ts';
import { isRefusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Admission, type StatedPolicy, admitted } from '#libs/kernel/witness-policy.ts';

/** Genesis hash = SHA-256 of the canonical JSON of this: the deployment's id, pinned by cards, stations and auditors. */
export interface Founding {
  readonly name: string;
  readonly customer: string;
  readonly demo: boolean;
  /** Certificate, DER, base64url. */
  readonly manufacturerRoot: string;
  /** SPKI, DER, base64url: the key of who makes the chip cards. */
  readonly cardMakerRoot: string;
  readonly leaseKey: PublicJwk;
  /** Signs trust lists: vouches that they are complete and fresh, and for nothing else. */
  readonly trustListKey: PublicJwk;
  /** C2SP verifier key, text. */
  readonly logKey: string;
  readonly witnessPolicy: StatedPolicy;
  /** The first approver set, canonical text. */
  readonly approverSet: string;
  /** Who signs in, each with a credential that approves nothing. */
  readonly operators: readonly Operator[];
}

export type DeploymentFounded = Fact<'DeploymentFounded', Founding>;
export type CheckpointKeyIntroduced = Fact<'CheckpointKeyIntroduced', { readonly logKey: string }>;
export type WitnessAdmitted = Fact<'WitnessAdmitted', Admission & { readonly order: string }>;
export type LogEvent = DeploymentFounded | CheckpointKeyIntroduced | WitnessAdmitted;

export type LogCommand =
  | { readonly do: 'Found'; readonly founding: Founding }
  | { readonly do: 'IntroduceCheckpointKey'; readonly logKey: string }
  | ({ readonly do: 'AdmitWitness' } & WitnessAdmitted['data']);

export type LogState =
  | { readonly is: 'unfounded' }
  | {
      readonly is: 'founded';
      readonly founding: Founding;
      readonly logKeys: readonly string[];
      readonly witnessPolicy: StatedPolicy;
      /** By which witnesses were let in. */
      readonly orders: readonly string[];
    };

export const logStream = (): string => 'log';

const NOT_FOUNDED = refuse('NOT_FOUNDED', 'There is no deployment yet; found one first.');

export const logDecider: Decider<LogState, LogCommand, LogEvent> = {
  initial: { is: 'unfounded' },
  decide: (command, state) => {
    switch (command.do) {
      case 'Found':
        return found(command.founding, state);
      case 'IntroduceCheckpointKey':
        if (state.is === 'unfounded') return NOT_FOUNDED;
        if (state.logKeys.includes(command.logKey)) return [];
        return [{ type: 'CheckpointKeyIntroduced', data: { logKey: command.logKey } }];
      case 'AdmitWitness':
        return state.is === 'unfounded' ? NOT_FOUNDED : admit(command, state);
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'DeploymentFounded':
        return {
          is: 'founded',
          founding: event.data,
          logKeys: [event.data.logKey],
          witnessPolicy: event.data.witnessPolicy,
          orders: [],
        };
      case 'CheckpointKeyIntroduced':
        return state.is === 'founded' ? { ...state, logKeys: [...state.logKeys, event.data.logKey] } : state;
      case 'WitnessAdmitted': {
        const next = state.is === 'founded' ? admitted(state.witnessPolicy, event.data) : null;
        return state.is !== 'founded' || next === null || isRefusal(next)
          ? state
          : { ...state, witnessPolicy: next, orders: [...state.orders, event.data.order] };
      }
      default:
        return never(event);
    }
  },
};

function admit(
  { witness, instead, order }: WitnessAdmitted['data'],
  { witnessPolicy, orders }: LogState & { is: 'founded' },
) {
  if (orders.includes(order)) return [];
  const next = admitted(witnessPolicy, { witness, instead });
  return isRefusal(next) ? next : [{ type: 'WitnessAdmitted', data: { witness, instead, order } } as const];
}

function found(founding: Founding, state: LogState) {
  if (state.is === 'founded')
    return canonicalJson(state.founding) === canonicalJson(founding)
      ? []
      : refuse('ALREADY_FOUNDED', 'This log records another deployment; found a new one in an empty data folder.');
  const { quorum, witnesses } = founding.witnessPolicy;
  if (!Number.isSafeInteger(quorum) || quorum < 0 || quorum > witnesses.length)
    return refuse('BAD_WITNESS_POLICY', 'The quorum of witnesses must be from 0 to the number of witnesses named.');
  return [{ type: 'DeploymentFounded', data: founding } as const];
}
