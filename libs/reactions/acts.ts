/** Acts: each carries out one order, which is spent by it. */
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { type Reaction, consequence } from './reaction.ts';

const ACTS = [
  'WitnessAdmitted',
  'ManufacturerKeyRegistered',
  'ManufacturerKeyWithdrawn',
  'UnitEnrolled',
  'StationRegistered',
  'CardIssued',
  'SigningKeySuspended',
  'SigningKeyDeactivated',
  'SigningKeyCompromised',
  'DivergenceReviewed',
  'ApproverSetAdopted',
  'OperatorEnrolled',
  'CredentialAdded',
  'ProviderLinked',
  'CredentialWithdrawn',
  'RoleGranted',
  'RoleWithdrawn',
  'OperatorSuspended',
  'OperatorWithdrawn',
  'CardRetired',
  'ModuleReset',
  'ModuleRetired',
] as const;

export const afterAct: readonly Reaction[] = [
  {
    name: 'spend-review',
    on: ['SuspensionReviewed'],
    then: (event) => {
      const { by: order } = event.data as { by: string };
      const command = { do: 'SpendOrder', serial: null, by: event.stream } as const;
      return [
        consequence(
          { event, reaction: 'spend-review' },
          { stream: orderStream(order), decider: orderDecider, command },
        ),
      ];
    },
  },
  {
    name: 'spend-act',
    on: ACTS,
    then: (event) => {
      const { order } = event.data as { order: string };
      const command = { do: 'SpendOrder', serial: null, by: event.stream } as const;
      return [
        consequence({ event, reaction: 'spend-act' }, { stream: orderStream(order), decider: orderDecider, command }),
      ];
    },
  },
];
