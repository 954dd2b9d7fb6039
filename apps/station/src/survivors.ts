/** What of a disabled signing key a station lets live on: each certificate that it proved for itself, by its fingerprint. */
import { type ApprovalLaws, checkApprovedOrder } from '#libs/approval/approval.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import type { Moment } from '#libs/kernel/disabling-orders.ts';
import { entryOf } from '#libs/kernel/event.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Disabling, Survivor, TrustListEntry } from '#libs/kernel/trust-list.ts';
import { type Checkpoint, openCheckpoint, parseCheckpointBody } from '#libs/seal/checkpoint.ts';
import { type WitnessPolicy, judgeWitnessed } from '#libs/seal/cosignature.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { verifyConsistency, verifyInclusion } from '#libs/seal/merkle-proof.ts';
import type { NoteKey } from '#libs/seal/note-key.ts';
import { parseNote } from '#libs/seal/signed-note.ts';
import type { MomentCase, SurvivorCase } from './moment-law.ts';

export interface SurvivalLaws {
  readonly fourEyes: ApprovalLaws;
  readonly moment: Law<MomentCase>;
  readonly survivor: Law<SurvivorCase>;
}

export interface HeldBy {
  readonly pins: { readonly genesis: string; readonly approverSet: string };
  readonly setBytes: Uint8Array;
  /** All that the log had, one after the other. */
  readonly logKeys: readonly NoteKey[];
  readonly policy: WitnessPolicy | Refusal;
  /** Whether the key was disabled here before. */
  readonly isGone: boolean;
}

/** Fingerprints that outlive the key; null where nothing does. */
export interface Survival {
  readonly fingerprints: readonly string[] | null;
  readonly refused: readonly Refusal[];
}

const STRICT: Survival = { fingerprints: null, refused: [] };

/** A moment that does not hold leaves nothing; a certificate that does not hold is left out alone. */
export function survivalOf(entry: TrustListEntry, held: HeldBy, laws: SurvivalLaws): Survival {
  const { disabling, cardKey } = entry;
  if (disabling === undefined) return STRICT;
  const shown = { bytes: ascii(disabling.order), approvals: disabling.approvals };
  const approved = checkApprovedOrder(shown, held, laws.fourEyes);
  if (isRefusal(approved)) return { fingerprints: null, refused: [approved] };
  const { checkpoint, signed } = opened(disabling.checkpoint, held.logKeys);
  const witnessed = checkpoint !== null && isMomentWitnessed(disabling, checkpoint, held);
  const refusal = judge(laws.moment, { cardKey, approved, checkpoint, signed, witnessed, isGone: held.isGone });
  if (refusal !== null || checkpoint === null)
    return { fingerprints: null, refused: refusal === null ? [] : [refusal] };
  const judged = disabling.survivors.map((one) => ({
    fingerprint: fingerprintIn(one),
    refusal: judge(laws.survivor, { cardKey, event: one.event, included: isIncluded(one, checkpoint) }),
  }));
  return {
    fingerprints: judged.filter((one) => one.refusal === null).map((one) => one.fingerprint),
    refused: judged.flatMap((one) => one.refusal ?? []),
  };
}

/** No witnesses asked for, or a cosigned checkpoint is the moment or grew out of it. */
function isMomentWitnessed({ witnessed }: Disabling, moment: Checkpoint, { logKeys, policy }: HeldBy): boolean {
  if (isRefusal(policy) || policy.quorum === 0) return !isRefusal(policy);
  const grown = witnessed === undefined ? null : openCheckpoint(witnessed.checkpoint, logKeys);
  if (witnessed === undefined || grown === null || isRefusal(grown)) return false;
  if (judgeWitnessed(witnessed.checkpoint, policy) !== null) return false;
  return verifyConsistency({
    oldSize: moment.size,
    oldRoot: moment.root,
    newSize: grown.size,
    newRoot: grown.root,
    proof: witnessed.consistency.map((one) => fromBase64url(one) ?? new Uint8Array()),
  });
}

/** The moment that an entry's order names; null where it names none. */
export function momentIn({ disabling }: TrustListEntry): Moment | null {
  const order = disabling === undefined ? null : parseOrder(ascii(disabling.order));
  return order === null || isRefusal(order) || order.kind !== 'disable-signing-key' ? null : (order.checkpoint ?? null);
}

function opened(
  note: string,
  logKeys: readonly NoteKey[],
): { readonly checkpoint: Checkpoint | null; readonly signed: boolean } {
  const checkpoint = openCheckpoint(note, logKeys);
  if (!isRefusal(checkpoint)) return { checkpoint, signed: true };
  const text = parseNote(note);
  const unsigned = isRefusal(text) ? text : parseCheckpointBody(text.text);
  return { checkpoint: isRefusal(unsigned) ? null : unsigned, signed: false };
}

function fingerprintIn({ event }: Survivor): string {
  return String((event.data as { readonly fingerprint?: unknown } | null)?.fingerprint);
}

/** Whether a sealed event stands at its leaf under the checkpoint. */
export function isIncluded({ event, index, inclusion }: Survivor, { size, root }: Checkpoint): boolean {
  const entry = leafOf(event);
  if (entry === null) return false;
  const proof = inclusion.map((one) => fromBase64url(one) ?? new Uint8Array());
  return verifyInclusion({ leafHash: leafHash(entry), index, size, root, proof });
}

/** Null where the event is none that a log can hold. */
function leafOf(event: Survivor['event']): Uint8Array | null {
  const metadata = event.metadata as Readonly<Record<string, string>>;
  try {
    return entryOf({ ...event, metadata, revision: BigInt(event.revision) });
  } catch {
    return null; // numbers beyond what is hashed
  }
}
