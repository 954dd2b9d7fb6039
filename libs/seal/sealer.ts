/** The seal: follows the log, adds each event's entry to the tree, stores its tiles and signs a checkpoint for each batch. */
import { entryOf, type Position } from '#libs/kernel/event.ts';
import { equal } from '#libs/kernel/bytes.ts';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-file.ts';
import { MerkleTree } from './merkle.ts';
import { lastCheckpoint } from './last-checkpoint.ts';
import { PositionIndex } from './position-index.ts';
import type { SealedLog } from './sealed-log.ts';
import type { NoteSigner } from './signed-note.ts';
import type { TilePlace } from './tile.ts';
import { Tiles } from './tiles.ts';
import { type TileStore, tilesInMemory } from './tile-store.ts';

export interface SealerParts {
  readonly log: SealedLog;
  readonly signer: NoteSigner;
  /** Signs as well, under the same name, while the log key is rolled over. */
  readonly next?: NoteSigner;
  readonly checkpoints: CheckpointStore;
  /** Where full tiles lie; in memory unless told. */
  readonly tiles?: TileStore;
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
  readonly #tiles: Tiles;
  readonly #positions = new PositionIndex();
  readonly #listeners: (() => void)[] = [];
  readonly #stop = new AbortController();
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sealedAt = -Infinity;
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
    this.#tiles = new Tiles(this.#tree, parts.tiles ?? tilesInMemory());
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
    return this.#signed(size);
  }

  #signed(size: number): string {
    const { signer, next } = this.#parts;
    const head = { size, root: this.#tree.root(size) };
    return next === undefined ? signCheckpoint(head, signer) : signCheckpoint(head, signer, next);
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

  /** Root of the first `size` events. Throws RangeError where there are fewer. */
  rootAt(size: number): Uint8Array {
    return this.#tree.root(size);
  }

  /** A tile or a bundle of entries as the last checkpoint needs it; null where it has none so wide. */
  async tile(place: TilePlace): Promise<Uint8Array | null> {
    return this.#tiles.read(place, this.latest?.size ?? 0);
  }

  /** Is called after every checkpoint; what it does is its own affair. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
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
        const entry = entryOf(delivery.event);
        this.#tree.append(entry);
        this.#tiles.add(entry);
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
          }, this.#batchMs());
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

  /** A batch gathers as long as it may behind another one; after a quiet time a fifth of that is enough. */
  #batchMs(): number {
    const batchMs = this.#parts.batchMs ?? BATCH_MS;
    return Math.max(batchMs / 5, Math.min(batchMs, this.#sealedAt + batchMs - monotonicMs()));
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
    this.#sealedAt = monotonicMs();
    const size = this.#tree.size;
    this.#signing = this.#signing
      .then(async () => {
        if (size === 0 || size <= (this.latest?.size ?? 0) || this.#failed !== null) return;
        await this.#tiles.store(size); // before the checkpoint: whoever has it can read all that it covers
        await this.#parts.checkpoints.append({ log: this.#identity, size, note: this.#signed(size) });
        this.#answer();
        for (const listener of this.#listeners) listener();
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
