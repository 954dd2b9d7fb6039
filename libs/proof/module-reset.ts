/** A reset: what the module signed when it had erased its key, held against the order. Platform and auditor judge alike. */
import type { Reset } from '#libs/domain/security-module/security-module.ts';
import { equal } from '#libs/kernel/bytes.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import type { ResetOrder, TransferOrder } from '#libs/kernel/order.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { encodeResetDone } from '#libs/personalization-protocol/reset-ticket.ts';
import { octetsOf, signatureHolds } from './signatures.ts';

export interface ResetCase {
  readonly order: ResetOrder | TransferOrder;
  readonly said: Reset;
  readonly serial: string;
  /** Of this deployment. */
  readonly genesis: string;
  /** SPKI of the module's identity key, DER. */
  readonly identitySpki: Uint8Array;
}

const NOBODYS_ORDER = new Uint8Array(32);

/** The statement as the module makes it under this order, or after a direct intervention, which only a reset allows. */
function statements({ order, said, serial, genesis }: ResetCase): readonly Uint8Array[] {
  const deployment = order.kind === 'transfer' ? order.newGenesis : genesis;
  const of = (orderHash: Uint8Array) =>
    encodeResetDone({ serial, epoch: order.epoch, orderHash, genesis: octetsOf(deployment) });
  return [of(octetsOf(said.order)), ...(order.kind === 'reset' ? [of(NOBODYS_ORDER)] : [])];
}

export const resetLaw: Law<ResetCase> = [
  {
    code: 'RESET_OTHER_THAN_ORDERED',
    says: 'Another module, epoch or deployment than the approved order names.',
    holds: ({ order, said, serial }) =>
      order.serial === serial &&
      order.epoch === said.epoch &&
      said.transferredTo === (order.kind === 'transfer' ? order.newGenesis : null),
  },
  {
    code: 'RESET_STATEMENT',
    says: 'The module speaks of another reset than the one ordered.',
    holds: (it) => statements(it).some((one) => equal(one, octetsOf(it.said.statement))),
  },
  {
    code: 'RESET_STATEMENT_SIGNATURE',
    says: 'The identity key of the module did not sign that its key is erased.',
    holds: ({ said, identitySpki: spki }) =>
      signatureHolds({ over: octetsOf(said.statement), signature: octetsOf(said.signature), spki }),
  },
];

export function judgeReset(it: ResetCase): Refusal | null {
  return judge(resetLaw, it);
}
