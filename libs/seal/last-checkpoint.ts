/** Where the seal stopped: the last checkpoint that was stored, if it is one of ours. */
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { CheckpointStore } from './checkpoint-file.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { ed25519NoteKey } from './note-key.ts';
import type { NoteSigner } from './signed-note.ts';

interface Signed {
  readonly signer: NoteSigner;
  readonly next?: NoteSigner;
  readonly checkpoints: CheckpointStore;
}

/** The last stored checkpoint, held against our own key. */
export function lastCheckpoint(parts: Signed): { readonly log: string; readonly head: Checkpoint } | null | Refusal {
  const stored = parts.checkpoints.latest();
  if (stored === null) return null;
  const signers = [parts.signer, ...(parts.next === undefined ? [] : [parts.next])];
  const head = openCheckpoint(
    stored.note,
    signers.map(({ name, key }) => ed25519NoteKey(name, key)),
  );
  if (isRefusal(head))
    return refuse('CHECKPOINT_NOT_OURS', `The last stored checkpoint is not one of this log key: ${head.message}`);
  return head.size === stored.size
    ? { log: stored.log, head }
    : refuse('CHECKPOINT_NOT_OURS', 'The last stored checkpoint tells two sizes.');
}
