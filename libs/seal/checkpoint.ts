/** Checkpoints (c2sp.org/tlog-checkpoint): the size and root of the log at a moment, signed by its key. */
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { NoteKey } from './note-key.ts';
import { type NoteSigner, type SignedNote, parseNote, signNote, verifyNote } from './signed-note.ts';

export interface Checkpoint {
  /** First line: names the log for ever and equals the name of its key. */
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  /** 32 octets in our logs. */
  readonly root: Uint8Array;
  /** Further lines that other logs add; ours adds none. */
  readonly extensions: readonly string[];
}

/** The three lines that are signed. */
export function checkpointBody(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads a body; refuses sizes beyond 2^53-1, leading zeros, and a root that is no base64 of 1 to 64 octets. */
export function parseCheckpointBody(body: string): Checkpoint | Refusal {
  if (!body.endsWith('\n')) return bad('does not end in a newline');
  const [origin = '', digits = '', base64 = '', ...extensions] = body.slice(0, -1).split('\n');
  if (origin === '') return bad('names no log');
  const size = /^(0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : NaN;
  if (!Number.isSafeInteger(size)) return bad('has no size');
  const root = fromBase64(base64);
  if (root === null || root.length === 0 || root.length > 64) return bad('has no root');
  if (extensions.includes('')) return bad('has an empty line');
  return { origin, size, root, extensions };
}

/** The signed note of a tree head; the origin line is the signers' name, which all of them bear. */
export function signCheckpoint(
  head: { readonly size: number; readonly root: Uint8Array },
  ...signers: readonly [NoteSigner, ...NoteSigner[]]
): string {
  return signNote(checkpointBody(signers[0].name, head.size, head.root), signers);
}

/**
 * Reads a checkpoint and holds it against the log's key, or each of several that it had one after the other: a signature
 * of one of them, its origin line, a root of 32 octets.
 */
export function openCheckpoint(note: string | Uint8Array, logKey: NoteKey | readonly NoteKey[]): Checkpoint | Refusal {
  const read = readCheckpoint(note);
  if (isRefusal(read)) return read;
  const keys = [logKey].flat().filter(({ says }) => says === 'note');
  const verified = verifyNote(read.signed, keys);
  if (isRefusal(verified)) return verified;
  const { checkpoint } = read;
  if (verified.some(({ name }) => name !== checkpoint.origin)) return bad('names another log than its key');
  return checkpoint.root.length === 32 ? checkpoint : bad('has a root of another length than 32 octets');
}

/** What a checkpoint says, whoever signed it: judged by nobody yet. */
export function readCheckpoint(
  note: string | Uint8Array,
): { readonly checkpoint: Checkpoint; readonly signed: SignedNote } | Refusal {
  const signed = parseNote(note);
  if (isRefusal(signed)) return signed;
  const checkpoint = parseCheckpointBody(signed.text);
  return isRefusal(checkpoint) ? checkpoint : { checkpoint, signed };
}

function bad(what: string): Refusal {
  return refuse('BAD_CHECKPOINT', `The checkpoint ${what}.`);
}
