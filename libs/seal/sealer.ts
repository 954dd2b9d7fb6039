/** The seal: follows the log, adds each event's entry to the tree and signs a checkpoint for each batch. */
import { entryOf, type Position } from '#libs/kernel/event.ts';
import { equal } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Checkpoint, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-file.ts';
import { MerkleTree } from './merkle.ts';
import { ed25519NoteKey } from './note-key.ts';
import { PositionIndex } from './position-index.ts';
import type { SealedLog } from './sealed-log.ts';
import type { NoteSigner } from './signed-note.ts';

export interface SealerParts {
  readonly log: SealedLog;
  readonly signer: NoteSigner;
  readonly checkpoints: CheckpointStore;
  /** How long a batch may gather; an event is under a signed checkpoint this long after its append, and one fsync. */
  readonly batchMs?: number;
}

const BATCH_MS = 50;

interface Waiter {
  readonly position: Position;
  readonly resolve: (checkpoint: StoredCheckpoint) => void;
  readonly reject: (error: Error) => void;
}

export class Sealer {
  readonly #parts: SealerParts;
  readonly #identity: string;
  readonly #tree = new MerkleTree();
  readonly #positions = new PositionIndex();
  readonly #stop = new AbortController();
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | null = null;
  #signing: Promise<void> = Promise.resolve();
  #failed: Error | null = null;
  #followed: Promise<void> = Promise.resolve();

  /**
   * Rebuilds the tree from the log and then follows it. Refuses, before anything is signed, a log that is
   * not the one last sealed: LOG_REWRITTEN, LOG_SHRUNK, ANOTHER_LOG, or a last checkpoint the key never signed.
   */
  static async open(parts: SealerParts): Promise<Sealer | Refusal> {
    const last = lastCheckpoint(parts);
    if (isRefusal(last)) return last;
    const identity = await parts.log.identity();
    if (last !== null && last.log !== identity)
      return refuse(
        'ANOTHER_LOG',
        'The checkpoints beside this log were made of another one; restore the pair that belongs together.',
      );
    const sealer = new Sealer(parts, identity);
    const caughtUp = await new Promise<Refusal | null>((resolve, reject) => {
      sealer.#followed = sealer.#follow(last?.head ?? null, resolve).catch((error: unknown) => {
        sealer.#fail(error);
        reject(sealer.#failed ?? new Error('the seal stopped'));
      });
    });
    if (caughtUp === null) return sealer;
    await sealer.close();
    return caughtUp;
  }

  private constructor(parts: SealerParts, identity: string) {
    this.#parts = parts;
    this.#identity = identity;
  }

  /** The last durable checkpoint; null while nothing was sealed. */
  get latest(): StoredCheckpoint | null {
    return this.#parts.checkpoints.latest();
  }

  /** Why the seal stands still (the disk, the log); null while it runs. */
  get failed(): Error | null {
    return this.#failed;
  }

  /** The leaf index of the event at a position; null where it is not (yet) in the tree. */
  indexOf(position: Position): number | null {
    return this.#positions.indexOf(position);
  }

  /** The signed note of an earlier size; null beyond what is durably sealed. Ed25519 gives the same note again. */
  noteOf(size: number): string | null {
    if (!Number.isSafeInteger(size) || size < 1 || size > (this.latest?.size ?? 0)) return null;
    return signCheckpoint({ size, root: this.#tree.root(size) }, this.#parts.signer);
  }

  /** What anybody needs to find the event under the last durable checkpoint; null while none covers it. */
  proofOf(
    position: Position,
  ): { readonly index: number; readonly path: readonly Uint8Array[]; readonly checkpoint: StoredCheckpoint } | null {
    const [index, checkpoint] = [this.indexOf(position), this.latest];
    if (index === null || checkpoint === null || index >= checkpoint.size) return null;
    return { index, path: this.inclusionProof(index, checkpoint.size), checkpoint };
  }

  inclusionProof(index: number, size: number): readonly Uint8Array[] {
    return this.#tree.inclusionProof(index, size);
  }

  consistencyProof(oldSize: number, newSize: number): readonly Uint8Array[] {
    return this.#tree.consistencyProof(oldSize, newSize);
  }

  /** The first durable checkpoint over the event at a position, waited for; rejects when the seal fails or closes. */
  async sealed(position: Position): Promise<StoredCheckpoint> {
    const latest = this.latest;
    if (latest !== null && this.#covers(latest, position)) return latest;
    if (this.#failed !== null) throw this.#failed;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ position, resolve, reject });
    });
  }

  /** Seals what was followed so far and stops. The checkpoint store stays the caller's to close. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#followed;
    if (this.#timer !== null) this.#sealNow();
    await this.#signing;
    this.#fail(new Error('the seal is closed'));
  }

  async #follow(last: Checkpoint | null, caughtUp: (refused: Refusal | null) => void): Promise<void> {
    let live = false;
    for await (const delivery of this.#parts.log.subscribe({ after: null, signal: this.#stop.signal })) {
      if (delivery.kind === 'event') {
        this.#tree.append(entryOf(delivery.event));
        this.#positions.add(delivery.event.position);
        if (this.#tree.size === last?.size && !equal(this.#tree.root(), last.root)) {
          caughtUp(
            refuse(
              'LOG_REWRITTEN',
              `The first ${last.size} events are not those that were sealed; verify the log before anything else.`,
            ),
          );
          return;
        }
        if (live)
          this.#timer ??= setTimeout(() => {
            this.#sealNow();
          }, this.#parts.batchMs ?? BATCH_MS);
      } else if (delivery.kind === 'live') {
        live = true;
        const refused = this.#shrunk(last);
        if (refused !== null) {
          caughtUp(refused);
          return;
        }
        this.#sealNow();
        caughtUp(null);
      }
    }
    if (!this.#stop.signal.aborted) throw new Error('the log ended its subscription');
  }

  #shrunk(last: Checkpoint | null): Refusal | null {
    const size = this.#tree.size;
    if (last === null || size >= last.size) return null;
    return refuse(
      'LOG_SHRUNK',
      `${last.size} events were sealed and ${size} are there; restore the log before anything else.`,
    );
  }

  /** One checkpoint over all that is in the tree now; checkpoints are stored one behind the other. */
  #sealNow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const size = this.#tree.size;
    this.#signing = this.#signing
      .then(async () => {
        if (size === 0 || size <= (this.latest?.size ?? 0) || this.#failed !== null) return;
        const note = signCheckpoint({ size, root: this.#tree.root(size) }, this.#parts.signer);
        await this.#parts.checkpoints.append({ log: this.#identity, size, note });
        this.#answer();
      })
      .catch((error: unknown) => {
        this.#fail(error);
      });
  }

  #answer(): void {
    const latest = this.latest;
    if (latest === null) return;
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiting) {
      if (this.#covers(latest, waiter.position)) waiter.resolve(latest);
      else this.#waiters.push(waiter);
    }
  }

  #covers(checkpoint: StoredCheckpoint, position: Position): boolean {
    const index = this.indexOf(position);
    return index !== null && index < checkpoint.size;
  }

  #fail(error: unknown): void {
    this.#failed ??= error instanceof Error ? error : new Error('the seal failed', { cause: error });
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failed);
  }
}

/** The last stored checkpoint, held against our own key. */
function lastCheckpoint(parts: SealerParts): { readonly log: string; readonly head: Checkpoint } | null | Refusal {
  const stored = parts.checkpoints.latest();
  if (stored === null) return null;
  const head = openCheckpoint(stored.note, ed25519NoteKey(parts.signer.name, parts.signer.key));
  if (isRefusal(head))
    return refuse('CHECKPOINT_NOT_OURS', `The last stored checkpoint is not one of this log key: ${head.message}`);
  return head.size === stored.size
    ? { log: stored.log, head }
    : refuse('CHECKPOINT_NOT_OURS', 'The last stored checkpoint tells two sizes.');
}
