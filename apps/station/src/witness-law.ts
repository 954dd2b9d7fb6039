/** The station's law of who witnesses the log: nobody comes into its policy but by an approved order that the log has. */
import type { ApprovedOrder } from '#libs/approval/approval.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { WitnessLink } from '#libs/kernel/trust-list.ts';
import type { Admission } from '#libs/kernel/witness-policy.ts';

/** A witness that is said to have been let in, with the order that its quorum approved. */
export interface WitnessCase {
  readonly approved: ApprovedOrder;
  readonly event: WitnessLink['event'];
  /** As the event says it. */
  readonly admission: Admission;
  /** The event's entry proved at its leaf in the checkpoint of the list. */
  readonly included: boolean;
}

function orderOf({ approved: { order } }: WitnessCase) {
  return order.kind === 'admit-witness' ? order : null;
}

export const witnessLaw: Law<WitnessCase> = [
  {
    code: 'WITNESS_ORDER_KIND',
    says: 'The order behind the witness is not one that lets a witness in.',
    holds: (it) => orderOf(it) !== null,
  },
  {
    code: 'WITNESS_OTHER',
    says: 'The order behind the witness names another one, or another place.',
    holds: (it) => {
      const order = orderOf(it);
      const { witness, instead } = it.admission;
      return order === null || (order.witness === witness && (order.instead ?? null) === instead);
    },
  },
  {
    code: 'WITNESS_EVENT',
    says: 'The sealed event is not the one that let this witness in by this order.',
    holds: ({ event, approved }) =>
      event.stream === 'log' &&
      event.type === 'WitnessAdmitted' &&
      (event.data as { readonly order?: unknown }).order === approved.orderId,
  },
  {
    code: 'WITNESS_ORDER_EXPIRED',
    says: 'The order behind the witness was used outside its window.',
    holds: ({ event, approved: { order } }) => {
      const at = secondsOf(event.recordedAt);
      return at >= order.notBefore && at <= order.notAfter;
    },
  },
  {
    code: 'WITNESS_INCLUSION',
    says: 'That the witness was let in is not proved to be in the sealed log.',
    holds: (it) => it.included,
  },
];
