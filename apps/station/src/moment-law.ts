/**
 * The station's law of what outlives a disabled signing key: the moment is the checkpoint that two officers signed, and a
 * certificate outlives it only by its own proof. What does not hold is left out; the key itself is disabled all the same.
 */
import type { ApprovedOrder } from '#libs/approval/approval.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { Survivor } from '#libs/kernel/trust-list.ts';
import type { Checkpoint } from '#libs/seal/checkpoint.ts';

/** A moment from which on a key is disabled, with the order that its quorum approved. */
export interface MomentCase {
  readonly cardKey: string;
  readonly approved: ApprovedOrder;
  /** The note as it says of itself; null where it is no checkpoint. */
  readonly checkpoint: Checkpoint | null;
  /** The log key of this deployment signed it. */
  readonly signed: boolean;
  /** As many witnesses as the deployment asks for cosigned it, or what grew out of it. */
  readonly witnessed: boolean;
  /** The key was disabled here before, or is compromised. */
  readonly isGone: boolean;
}

function orderOf({ approved }: MomentCase) {
  return approved.order.kind === 'disable-signing-key' ? approved.order : null;
}

export const momentLaw: Law<MomentCase> = [
  {
    code: 'MOMENT_KEY_GONE',
    says: 'The key was disabled here before; nothing of it comes back.',
    holds: (it) => !it.isGone,
  },
  {
    code: 'MOMENT_ORDER_KIND',
    says: 'The order behind the moment is not one that disables a signing key.',
    holds: (it) => orderOf(it) !== null,
  },
  {
    code: 'MOMENT_OTHER_KEY',
    says: 'The order behind the moment names another signing key.',
    holds: (it) => (orderOf(it)?.cardKey ?? it.cardKey) === it.cardKey,
  },
  {
    code: 'MOMENT_OTHER_CHECKPOINT',
    says: 'The moment is not the checkpoint that stands in the order, or the order disables strictly.',
    holds: (it) => {
      const order = orderOf(it);
      const { checkpoint } = it;
      return (
        order === null ||
        (checkpoint !== null &&
          order.checkpoint?.size === checkpoint.size &&
          order.checkpoint.root === toBase64url(checkpoint.root))
      );
    },
  },
  {
    code: 'MOMENT_CHECKPOINT',
    says: 'The moment is no checkpoint that the log key of this deployment signed.',
    holds: (it) => it.signed,
  },
  {
    code: 'MOMENT_NOT_WITNESSED',
    says: 'No checkpoint that enough witnesses cosigned grew out of the moment.',
    holds: (it) => it.witnessed,
  },
];

/** One certificate that is said to outlive the key. */
export interface SurvivorCase {
  readonly cardKey: string;
  readonly event: Survivor['event'];
  /** The event's entry proved at its leaf in the moment's own checkpoint. */
  readonly included: boolean;
}

export const survivorLaw: Law<SurvivorCase> = [
  {
    code: 'SURVIVOR_EVENT',
    says: 'The opened leaf is not the record of a certificate of this signing key.',
    holds: ({ event, cardKey }) => {
      const data = event.data as { readonly cardKey?: unknown; readonly fingerprint?: unknown } | null;
      return (
        event.type === 'CertificateRecorded' &&
        data?.cardKey === cardKey &&
        event.stream === `certificate-${String(data.fingerprint)}`
      );
    },
  },
  {
    code: 'SURVIVOR_INCLUSION',
    says: 'The record of the certificate is not proved to have been sealed before the moment.',
    holds: (it) => it.included,
  },
];
