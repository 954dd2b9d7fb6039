/**
 * A witness (c2sp.org/tlog-witness): remembers of each log the newest tree head that it cosigned, and cosigns only what
 * grew out of it. It speaks requests and answers; who listens to HTTP hands them over.
 */
import { equal } from '#libs/kernel/bytes.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { fromBase64 } from './base64.ts';
import { type Checkpoint, openCheckpoint, readCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { hashOfNothing, octetsOf } from './merkle-node.ts';
import { verifyConsistency } from './merkle-proof.ts';
import type { NoteKey } from './note-key.ts';
import type { NoteSigner } from './signed-note.ts';

export interface TreeHead {
  readonly size: number;
  /** 32 octets. */
  readonly root: Uint8Array;
}

export interface WitnessMemory {
  /** The newest head that was cosigned of a log; null before the first. */
  readonly head: (origin: string) => TreeHead | null;
  /** Lies on the disk when it returns, and only then is it cosigned. */
  readonly keep: (origin: string, head: TreeHead) => void;
}

export interface WitnessParts {
  readonly signer: NoteSigner;
  readonly memory: WitnessMemory;
  /** Keys of a log that this witness looks after; null for others. */
  readonly keysOf: (origin: string) => readonly NoteKey[] | null;
  readonly clock: Clock;
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
}

export interface AddCheckpoint {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly note: string;
}

const PROOF_MAX = 63;
const PLAIN = 'text/plain; charset=utf-8';
/** Of the answer that tells the size which the witness has. */
export const SIZE_TYPE = 'text/x.tlog.size';

/** The body of `add-checkpoint`: old size, proof, empty line, checkpoint. */
export function addCheckpointBody({ oldSize, proof, note }: AddCheckpoint): string {
  const lines = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return `old ${oldSize}\n${lines.join('')}\n${note}`;
}

export function parseAddCheckpoint(body: string): AddCheckpoint | Refusal {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
  const [, digits = ''] = /^old (0|[1-9][0-9]{0,15})$/.exec(first) ?? [];
  const oldSize = digits === '' ? NaN : Number(digits);
  if (!Number.isSafeInteger(oldSize)) return bad('begins with no old size');
  if (lines.length > PROOF_MAX) return bad(`has more than ${PROOF_MAX} lines of proof`);
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash?.length !== 32) return bad('has a line of proof that is no hash');
    proof.push(hash);
  }
  return { oldSize, proof, note: body.slice(end + 2) };
}

export class Witness {
  readonly #parts: WitnessParts;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  /** One request, judged and kept in one turn: nothing comes between the check of the old size and the new head. */
  addCheckpoint(body: string): WitnessAnswer {
    const asked = parseAddCheckpoint(body);
    if (isRefusal(asked)) return said(400, asked);
    const read = readCheckpoint(asked.note);
    if (isRefusal(read)) return said(400, read);
    const { origin } = read.checkpoint;
    const keys = this.#parts.keysOf(origin);
    if (keys === null)
      return said(404, refuse('LOG_UNKNOWN', 'This witness does not look after a log of this origin.'));
    const checkpoint = openCheckpoint(asked.note, keys);
    if (isRefusal(checkpoint)) return said(403, checkpoint);
    const held = this.#parts.memory.head(origin) ?? { size: 0, root: octetsOf(hashOfNothing()) };
    const refused = judge(asked, checkpoint, held);
    if (refused !== null) return refused;
    if (checkpoint.size > held.size) this.#parts.memory.keep(origin, checkpoint);
    const line = cosign(read.signed.text, this.#parts.signer, this.#parts.clock.seconds());
    return { status: 200, type: PLAIN, body: line };
  }
}

/** Null where the checkpoint grew out of what is held. */
function judge({ oldSize, proof }: AddCheckpoint, checkpoint: Checkpoint, held: TreeHead): WitnessAnswer | null {
  if (oldSize > checkpoint.size) return said(400, refuse('OLD_SIZE', 'The old size is greater than the new one.'));
  if (oldSize !== held.size) return { status: 409, type: SIZE_TYPE, body: `${held.size}\n` };
  if (oldSize === checkpoint.size && !equal(held.root, checkpoint.root)) return said(409, FORKED);
  if (oldSize === checkpoint.size || oldSize === 0) return proof.length === 0 ? null : said(422, NOT_CONSISTENT);
  const [oldRoot, newRoot, newSize] = [held.root, checkpoint.root, checkpoint.size];
  return verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof }) ? null : said(422, NOT_CONSISTENT);
}

const FORKED = refuse('LOG_FORKED', 'This witness cosigned another root at this size: the log has two histories.');
const NOT_CONSISTENT = refuse(
  'NOT_CONSISTENT',
  'The proof does not show that the log grew out of what this witness cosigned.',
);

function said(status: WitnessAnswer['status'], { code, message }: Refusal): WitnessAnswer {
  return { status, type: PLAIN, body: `${code}: ${message}\n` };
}

function bad(what: string): Refusal {
  return refuse('BAD_ADD_CHECKPOINT', `The request ${what}.`);
}
