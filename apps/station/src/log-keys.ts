/** Which keys sign the log: the station follows each from the one before, and lets no key in that no witness saw come. */
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { LogKeyLink } from '#libs/kernel/trust-list.ts';
import type { StatedPolicy } from '#libs/kernel/witness-policy.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { judgeWitnessed, parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { type NoteKey, parseNoteKey } from '#libs/seal/note-key.ts';
import { isIncluded } from './survivors.ts';

/** A policy that cannot be read is met by nobody. */
export function isWitnessed(note: string, stated: StatedPolicy): boolean {
  const policy = parseWitnessPolicy(stated);
  return !isRefusal(policy) && judgeWitnessed(note, policy) === null;
}

/**
 * The keys held, and behind them each that a link introduces: its event stands under a checkpoint that a key held before
 * signed and enough witnesses cosigned. A link that does not hold adds nothing.
 */
export function followLogKeys(
  held: readonly NoteKey[],
  links: readonly LogKeyLink[],
  policy: StatedPolicy,
): readonly NoteKey[] {
  const keys = [...held];
  for (const link of links) {
    const key = introduced(link);
    if (key === null || keys.some(({ line }) => line === key.line) || key.name !== keys[0]?.name) continue;
    const checkpoint = openCheckpoint(link.checkpoint, keys);
    if (isRefusal(checkpoint) || !isIncluded(link, checkpoint) || !isWitnessed(link.checkpoint, policy)) continue;
    keys.push(key);
  }
  return keys;
}

function introduced({ event }: LogKeyLink): NoteKey | null {
  if (event.stream !== 'log' || event.type !== 'CheckpointKeyIntroduced') return null;
  const { logKey } = event.data as { readonly logKey?: unknown };
  const key = typeof logKey === 'string' ? parseNoteKey(logKey) : null;
  return key === null || isRefusal(key) || key.says !== 'note' ? null : key;
}
