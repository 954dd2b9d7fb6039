/** Where the newest cosigned checkpoint lies: one JSON object, replaced whole. */
import { existsSync, readFileSync } from 'node:fs';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type StoredCheckpoint, parseCheckpointLine } from './checkpoint-file.ts';
import { readCheckpoint } from './checkpoint.ts';
import { type WitnessPolicy, judgeWitnessed } from './cosignature.ts';

/** Beside the checkpoints of the log. */
export const COSIGNED_FILE = 'cosigned.json';

export interface Cosigned {
  readonly checkpoint: StoredCheckpoint;
  readonly root: Uint8Array;
}

/** Null where none was kept yet; refuses what is none. Whoever relies on it asks `isCosignedUnder`. */
export function readCosigned(file: string): Cosigned | null | Refusal {
  if (!existsSync(file)) return null;
  const checkpoint = parseCheckpointLine(readFileSync(file, 'utf8'));
  const read = checkpoint === null ? null : readCheckpoint(checkpoint.note);
  if (checkpoint === null || read === null || isRefusal(read) || read.checkpoint.size !== checkpoint.size)
    return refuse('COSIGNED_DAMAGED', `The file ${COSIGNED_FILE} is no checkpoint; restore it from a backup.`);
  return { checkpoint, root: read.checkpoint.root };
}

/** Null where enough witnesses of one of the policies cosigned it; else why it is none of the newest. */
export function isCosignedUnder({ checkpoint }: Cosigned, policies: readonly WitnessPolicy[]): Refusal | null {
  const refusals = policies.map((policy) => judgeWitnessed(checkpoint.note, policy));
  return refusals.includes(null) ? null : (refusals.at(-1) ?? null);
}
