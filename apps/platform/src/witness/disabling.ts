/** Witness of disabling in good order: the number that its signers saw is the record's, and the moment is one of this very log. */
import type { ChipCardCommand } from '#libs/domain/chip-card/chip-card.ts';
import type { SignedMoment } from '#libs/domain/chip-card/signing-key.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Moment } from '#libs/kernel/disabling-orders.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { parseCheckpointBody } from '#libs/seal/checkpoint.ts';
import { parseNote } from '#libs/seal/signed-note.ts';
import type { Board } from '../board.ts';
import type { LogRecord } from '../record.ts';
import { witnessApproved } from './order.ts';

type CommandOf<K extends ChipCardCommand['do']> = Extract<ChipCardCommand, { do: K }>;

type Sealed = Pick<LogRecord, 'sealer' | 'cosigner'>;

interface Asked {
  readonly order: string;
  readonly now: Seconds;
}

export interface Witnessed<K extends ChipCardCommand['do']> {
  readonly card: string;
  readonly found: CommandOf<K> | Refusal;
}

export function witnessDeactivation(board: Board, record: Sealed, it: Asked): Witnessed<'DeactivateSigningKey'> {
  const order = witnessApproved(board.facts, { id: it.order, kind: 'disable-signing-key', now: it.now });
  if (isRefusal(order)) return { card: 'unknown', found: order };
  const { cardKey, reason, modules, checkpoint } = order;
  const card = [...board.facts.cards.values()].find((one) => one.key?.cardKey === cardKey)?.card;
  if (card === undefined)
    return { card: 'unknown', found: refuse('KEY_UNKNOWN', 'No card with this signing key was issued here.') };
  const judged = board.judgeDisabling(it.order, it.now);
  if (isRefusal(judged)) return { card, found: judged };
  const from = checkpoint === undefined ? null : signedMoment(record, checkpoint);
  if (isRefusal(from)) return { card, found: from };
  return { card, found: { do: 'DeactivateSigningKey', cardKey, order: it.order, reason, modules, from } };
}

/** Stations let nothing outlive a key from a moment that no witness saw, so it is not carried out before. */
function signedMoment({ sealer, cosigner }: Sealed, { size, root }: Moment): SignedMoment | Refusal {
  const note = sealer.noteOf(size);
  const read = note === null ? null : parseNote(note);
  const checkpoint = read === null || isRefusal(read) ? null : parseCheckpointBody(read.text);
  if (note === null || checkpoint === null || isRefusal(checkpoint) || toBase64url(checkpoint.root) !== root)
    return refuse(
      'MOMENT_UNKNOWN',
      'The log never had a sealed checkpoint of this size and root; name one that it has.',
    );
  if (cosigner.policy.quorum > 0 && (cosigner.latest?.size ?? 0) < size)
    return refuse(
      'MOMENT_NOT_WITNESSED',
      'No witness has cosigned this moment yet; carry the order out a little later, under a new id.',
    );
  return { size, root, note };
}

/** An officer looked at an alarm: as he signed it. */
export function witnessReview({ facts }: Board, it: Asked): Witnessed<'ReviewDivergence'> {
  const order = witnessApproved(facts, { id: it.order, kind: 'review-divergence', now: it.now });
  if (isRefusal(order)) return { card: 'unknown', found: order };
  const { card, divergence: kind, number, head, reason } = order;
  return { card, found: { do: 'ReviewDivergence', review: { kind, number, head, reason, order: it.order } } };
}
