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

/** Null where none was kept yet; refuses what is none, and one that too few witnesses of the policy cosigned. */
export function readCosigned(file: string, policy: WitnessPolicy): Cosigned | null | Refusal {
  if (!existsSync(file)) return null;
  const checkpoint = parseCheckpointLine(readFileSync(file, 'utf8'));
  const read = checkpoint === null ? null : readCheckpoint(checkpoint.note);
  if (checkpoint === null || read === null || isRefusal(read) || read.checkpoint.size !== checkpoint.size)
    return refuse('COSIGNED_DAMAGED', `The file ${COSIGNED_FILE} is no checkpoint; restore it from a backup.`);
  return judgeWitnessed(checkpoint.note, policy) ?? { checkpoint, root: read.checkpoint.root };
}
