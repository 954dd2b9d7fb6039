/** Re-reads a whole log and holds it against itself and its signed checkpoints; names the first bad position. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { readCheckpoint } from './checkpoint.ts';
import { LogWalk, type SealedHead } from './log-walk.ts';
import type { NoteKey } from './note-key.ts';
import type { Verification, VerifiedRow } from './verification.ts';

export interface VerifiedLog {
  /** In log order, damage told and not thrown. */
  readonly events: AsyncIterable<VerifiedRow> | Iterable<VerifiedRow>;
  /** Notes stored beside the log, in the order they were stored; read BEFORE the events are. */
  readonly checkpoints: readonly { readonly size: number; readonly note: string; readonly log?: string }[];
  /** Of the founding. */
  readonly logKey: NoteKey;
  /** The key that an event introduces: from there on checkpoints bear its signature. */
  readonly introduces?: (event: StoredEvent) => NoteKey | null;
  /** Of the log itself; checkpoints that name another log do not belong here. */
  readonly identity?: string;
  /** A note kept elsewhere, by an auditor or a witness: what shows a log cut or forked together with its checkpoints. */
  readonly keptCheckpoint?: string;
  /** The newest note that enough witnesses cosigned; the caller has counted them. */
  readonly cosigned?: string;
  readonly progress?: (events: number) => void;
  /** Checkpoints that the events themselves name, asked for when all were read. */
  readonly named?: () => readonly NamedMoment[];
}

/** An event at `position` rests on the log's having had this root at this size. */
export interface NamedMoment {
  readonly position: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Walks the log once, from its first event. Holds when every row is whole and in order, every entry is that
 * of its event, and every checkpoint, stored or kept, is signed by the log key in force over the tree's root at its
 * size. Otherwise tells the first position that is bad. Throws only what `events` throws.
 */
export async function verifyLog(log: VerifiedLog): Promise<Verification> {
  const heads = log.checkpoints.map((_, at) => storedHead(log, at));
  const kept = log.keptCheckpoint === undefined ? null : headOf(log.keptCheckpoint);
  if (kept?.bad !== undefined)
    return { held: false, position: FIRST, what: 'checkpoint', why: `Of the checkpoint kept elsewhere: ${kept.bad}` };
  if (kept !== null) heads.push({ ...kept, kept: 'checkpoint kept elsewhere' });
  if (log.cosigned !== undefined) heads.push({ ...headOf(log.cosigned), kept: 'checkpoint that witnesses cosigned' });
  const walk = new LogWalk(heads, log);
  for await (const row of log.events) {
    const fault = walk.step(row);
    if (fault !== null) return fault;
    if (walk.size % 10_000 === 0) log.progress?.(walk.size);
  }
  const fault = walk.end() ?? walk.heldAgainst(log.named?.() ?? []);
  if (fault !== null) return fault;
  const size = heads.reduce((most, head) => Math.max(most, head.size), 0);
  return { held: true, events: walk.size, size, root: walk.root() };
}

const FIRST = '0'.padStart(20, '0');

/** A stored checkpoint as the walk meets it, with what is wrong with itself. */
function storedHead(log: VerifiedLog, at: number): SealedHead {
  const { size = 0, note = '', log: identity } = log.checkpoints[at] ?? {};
  const before = log.checkpoints[at - 1]?.size ?? 0;
  const head = headOf(note);
  const bad = (why: string) => ({ size, note, bad: why });
  if (head.bad !== undefined) return bad(head.bad);
  if (head.size !== size) return bad('The checkpoint signs another size than it is stored under.');
  if (identity !== undefined && log.identity !== undefined && identity !== log.identity)
    return bad('The checkpoint was made of another log.');
  return size < before ? bad('The checkpoint is stored behind one of a greater size.') : head;
}

/** Signatures are judged where the walk gets there: until then nobody knows the key in force. */
function headOf(note: string): SealedHead {
  const read = readCheckpoint(note);
  return isRefusal(read) ? { size: 0, note, bad: read.message } : { size: read.checkpoint.size, note };
}
