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

/**
 * Where the hash of the order stands in the statement: zeros after a direct intervention, another order's where that one
 * ended before the record heard of it. What counts is that this key is erased, and that two persons want it recorded.
 */
const ORDER_HASH = { from: -64, to: -32 } as const;

/** The statement as the module makes it: of this serial, epoch and deployment. */
function stated({ order, said, serial, genesis }: ResetCase): Uint8Array {
  const deployment = octetsOf(order.kind === 'transfer' ? order.newGenesis : genesis);
  const orderHash = octetsOf(said.statement).slice(ORDER_HASH.from, ORDER_HASH.to);
  return encodeResetDone({ serial, epoch: order.epoch, orderHash, genesis: deployment });
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
    says: 'The module speaks of another module, epoch or deployment than the one ordered.',
    holds: (it) => equal(stated(it), octetsOf(it.said.statement)),
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
