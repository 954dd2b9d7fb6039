/** Which keys sign the log: the station follows each from the one before, and lets no key in that no witness saw come. */
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { LogKeyLink } from '#libs/kernel/trust-list.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { type WitnessPolicy, judgeWitnessed, parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { type NoteKey, parseNoteKey } from '#libs/seal/note-key.ts';
import type { StationPins } from './config.ts';
import { isIncluded } from './survivors.ts';

export function policyOf({ witnessPolicy }: Pick<StationPins, 'witnessPolicy'>): WitnessPolicy | Refusal {
  return parseWitnessPolicy(witnessPolicy ?? { quorum: 0, witnesses: [] });
}

/** None of them asked for where nothing is pinned; a policy that cannot be read is met by nobody. */
export function isWitnessed(note: string, pins: Pick<StationPins, 'witnessPolicy'>): boolean {
  const policy = policyOf(pins);
  return !isRefusal(policy) && judgeWitnessed(note, policy) === null;
}

/**
 * The keys held, and behind them each that a link introduces: its event stands under a checkpoint that a key held before
 * signed and enough witnesses cosigned. A link that does not hold adds nothing.
 */
export function followLogKeys(
  held: readonly NoteKey[],
  links: readonly LogKeyLink[],
  pins: Pick<StationPins, 'witnessPolicy'>,
): readonly NoteKey[] {
  const keys = [...held];
  for (const link of links) {
    const key = introduced(link);
    if (key === null || keys.some(({ line }) => line === key.line) || key.name !== keys[0]?.name) continue;
    const checkpoint = openCheckpoint(link.checkpoint, keys);
    if (isRefusal(checkpoint) || !isIncluded(link, checkpoint) || !isWitnessed(link.checkpoint, pins)) continue;
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
