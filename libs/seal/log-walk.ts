/** One pass over a log in its order: every event held against those before it, every checkpoint against the tree. */
import { equal } from '#libs/kernel/bytes.ts';
import { type StoredEvent, entryOf } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { MerkleTree } from './merkle.ts';
import type { NoteKey } from './note-key.ts';
import type { Fault, Finding, VerifiedRow } from './verification.ts';

/** A checkpoint on the way, and what is wrong with it before anybody looked at its signature. */
export interface SealedHead {
  readonly size: number;
  readonly note: string;
  /** What it is called where it was not stored beside the log by the log itself. */
  readonly kept?: string;
  readonly bad?: string;
}

/** The key of the founding, and those that events introduce. */
export interface LogKeys {
  readonly logKey: NoteKey;
  readonly introduces?: (event: StoredEvent) => NoteKey | null;
}

export class LogWalk {
  readonly #tree = new MerkleTree();
  readonly #heads: readonly SealedHead[];
  readonly #keys: LogKeys;
  #keyInForce: NoteKey;
  readonly #revisions = new Map<string, bigint>();
  readonly #ids = new Set<string>();
  #nextHead = 0;
  #position = '';
  #recordedAt = -Infinity;
  /** Where the first event stands that no checkpoint has confirmed yet. */
  #unconfirmed: string | null = null;

  constructor(heads: readonly SealedHead[], keys: LogKeys) {
    this.#keys = keys;
    this.#keyInForce = keys.logKey;
    this.#heads = heads.toSorted((a, b) => a.size - b.size);
  }

  get size(): number {
    return this.#tree.size;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  /** Null while all holds; after a fault the walk is over. */
  step(row: VerifiedRow): Fault | null {
    if (row.is === 'damaged') return fault(row.position, 'row', `At this position ${row.why}.`);
    const { event, entry } = row;
    this.#unconfirmed ??= event.position;
    const found = this.#heldAgainstBefore(event) ?? heldAgainstEntry(event, entry);
    if (found !== null) return found;
    this.#tree.append(entry);
    this.#keyInForce = this.#keys.introduces?.(event) ?? this.#keyInForce;
    return this.#heldAgainstHeads();
  }

  /** What can be known at the end only: events that were sealed and are gone, a log that no checkpoint covers. */
  end(): Fault | null {
    const next = densePosition(this.size);
    if (this.#heads.length === 0 && this.size > 0)
      return fault(
        densePosition(0),
        'checkpoint',
        'The log has events and no checkpoint at all; its checkpoints were lost or removed.',
      );
    const left = this.#heads[this.#nextHead];
    if (left === undefined) return null;
    const opened = this.#open(left);
    if (isRefusal(opened)) return fault(this.#unconfirmed ?? next, 'checkpoint', opened.message);
    return fault(
      next,
      'tail',
      `${left.size} events were sealed${left.kept === undefined ? '' : ` (${left.kept})`}, ${this.size} are there.`,
    );
  }

  /** Moments that events rest on; a root that the tree never had is another history. */
  heldAgainst(
    named: readonly { readonly position: string; readonly size: number; readonly root: Uint8Array }[],
  ): Fault | null {
    const forked = named.find(({ size, root }) => size > this.size || !equal(this.#tree.root(size), root));
    return forked === undefined
      ? null
      : fault(forked.position, 'fork', 'The event rests on a signed checkpoint of another history than this one.');
  }

  #heldAgainstBefore(event: StoredEvent): Fault | null {
    const { position, stream, revision, id } = event;
    if (position <= this.#position)
      return fault(position, 'order', 'The event does not stand behind the one before it.');
    const expected = this.#revisions.get(stream) ?? 0n;
    if (revision !== expected)
      return fault(position, 'revision', `The event has revision ${revision}, its stream continues with ${expected}.`);
    const recordedAt = Date.parse(event.recordedAt);
    if (!(recordedAt >= this.#recordedAt))
      return fault(position, 'recorded', 'The event was recorded before the one in front of it.');
    const idInStream = `${id} ${stream}`;
    if (this.#ids.has(idInStream)) return fault(position, 'id', 'The event id stands twice in its stream.');
    this.#position = position;
    this.#revisions.set(stream, revision + 1n);
    this.#recordedAt = recordedAt;
    this.#ids.add(idInStream);
    return null;
  }

  #heldAgainstHeads(): Fault | null {
    for (
      let head = this.#heads[this.#nextHead];
      head !== undefined && head.size <= this.size;
      head = this.#heads[this.#nextHead]
    ) {
      const from = this.#unconfirmed ?? this.#position;
      const opened = this.#open(head);
      if (isRefusal(opened)) return fault(from, 'checkpoint', opened.message);
      if (!equal(this.#tree.root(head.size), opened.root)) return this.#rootFault(head, from);
      this.#nextHead += 1;
    }
    if (this.#heads[this.#nextHead - 1]?.size === this.size) this.#unconfirmed = null;
    return null;
  }

  /** Under the key in force here: a thief of one that was replaced signs nothing that counts. */
  #open(head: SealedHead): Checkpoint | Refusal {
    return head.bad === undefined ? openCheckpoint(head.note, this.#keyInForce) : refuse('BAD_CHECKPOINT', head.bad);
  }

  #rootFault(head: SealedHead, from: string): Fault {
    const which = `from position ${from} to ${this.#position}`;
    if (head.kept !== undefined) return fault(from, 'fork', `The ${head.kept} signs another history ${which}.`);
    return fault(from, 'root', `Among the events ${which} is one that is not as it was sealed.`);
  }
}

/** The entry is hashed anew from what the row says. */
function heldAgainstEntry(event: StoredEvent, entry: Uint8Array): Fault | null {
  const recomputed = recompute(event);
  if (recomputed !== null && equal(recomputed, entry)) return null;
  return fault(event.position, 'entry', 'The event is not the one that was hashed when it was stored.');
}

function recompute(event: StoredEvent): Uint8Array | null {
  try {
    return entryOf(event);
  } catch {
    return null;
  }
}

function fault(position: string, what: Finding, why: string): Fault {
  return { held: false, position, what, why };
}

/** Where an event of this index stands in the engines that number densely: it names what is not there. */
function densePosition(index: number): string {
  return String(index).padStart(20, '0');
}
