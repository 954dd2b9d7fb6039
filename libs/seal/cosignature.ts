/** Cosignatures of witnesses (c2sp.org/tlog-cosignature), and the policy that says how many of whom must have seen a checkpoint. */
import { sign } from 'node:crypto';
import { concat, equal, u64, utf8 } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { cosignedAt, messageAt } from './cosigned-message.ts';
import { type NoteKey, cosignatureKey, isKeyOf, parseNoteKey } from './note-key.ts';
import { type NoteSignature, type NoteSigner, parseNote, signatureLine } from './signed-note.ts';

/** k of n: `quorum` 0 asks for none. */
export interface WitnessPolicy {
  readonly quorum: number;
  readonly witnesses: readonly NoteKey[];
}

/** A witness that saw the checkpoint, and when, by its own clock. */
export interface Witnessed {
  readonly name: string;
  readonly at: Seconds;
}

/** Reads a policy as the genesis holds it; refuses a key that is no witness's and one that stands in it twice. */
export function parseWitnessPolicy(it: {
  readonly quorum: number;
  readonly witnesses: readonly string[];
}): WitnessPolicy | Refusal {
  const witnesses: NoteKey[] = [];
  for (const line of it.witnesses) {
    const key = parseNoteKey(line);
    if (isRefusal(key) || key.says !== 'cosignature')
      return bad('names a witness by something else than its cosignature key');
    if (witnesses.some((other) => other.name === key.name || octetsOf(other) === octetsOf(key)))
      return bad('names a witness twice');
    witnesses.push(key);
  }
  if (!Number.isSafeInteger(it.quorum) || it.quorum < 0 || it.quorum > witnesses.length)
    return bad('asks for more witnesses than it names');
  return { quorum: it.quorum, witnesses };
}

/** The last part of its line: a key under two names is one key. */
function octetsOf({ line }: NoteKey): string {
  return line.replace(/^[^+]+\+[^+]+\+/, '');
}

/** The signature line of a witness under a checkpoint's body. */
export function cosign(body: string, { name, key }: NoteSigner, time: Seconds): string {
  const signature = Uint8Array.from(sign(null, messageAt(utf8(body), time), key));
  return signatureLine(name, cosignatureKey(name, key).id, concat(u64(time), signature));
}

/**
 * The witnesses of the policy whose cosignatures hold under this note, each once. Signatures of others count for
 * nothing; one under a witness's key that does not hold refuses the whole note.
 */
export function witnessesOf(note: string, policy: WitnessPolicy): readonly Witnessed[] | Refusal {
  const read = parseNote(note);
  if (isRefusal(read)) return read;
  const body = utf8(read.text);
  const seen = new Map<string, Witnessed>();
  for (const one of read.signatures) {
    const witness = witnessOf(one, policy);
    const at = cosignedAt(one.signature);
    if (witness === undefined) continue;
    if (at === null || !witness.verifies(body, one.signature))
      return refuse('BAD_COSIGNATURE', `The cosignature of ${one.name} does not hold.`);
    if ((seen.get(witness.name)?.at ?? -1) < at) seen.set(witness.name, { name: witness.name, at });
  }
  return [...seen.values()];
}

function witnessOf({ name, keyId }: NoteSignature, { witnesses }: WitnessPolicy): NoteKey | undefined {
  return witnesses.find((one) => isKeyOf(one, name, keyId));
}

/** Null where enough witnesses of the policy saw it. */
export function judgeWitnessed(note: string, policy: WitnessPolicy): Refusal | null {
  const witnessed = witnessesOf(note, policy);
  if (isRefusal(witnessed)) return witnessed;
  if (witnessed.length >= policy.quorum) return null;
  return refuse(
    'NOT_WITNESSED',
    `The checkpoint is cosigned by ${witnessed.length} of its witnesses; the policy asks for ${policy.quorum}.`,
  );
}

/** The note with further signature lines under it; a line of the same key takes the place of the one before. */
export function withSignatures(note: string, lines: readonly string[]): string {
  const added = lines.flatMap((line) => signaturesIn(line));
  const kept = signaturesIn(note.slice(note.lastIndexOf('\n\n') + 2)).filter(
    (one) => !added.some((other) => other.name === one.name && equal(other.keyId, one.keyId)),
  );
  const all = [...kept, ...added].map(({ name, keyId, signature }) => signatureLine(name, keyId, signature));
  return `${note.slice(0, note.lastIndexOf('\n\n') + 2)}${all.join('')}`;
}

function signaturesIn(lines: string): readonly NoteSignature[] {
  const read = parseNote(`-\n\n${lines}`);
  return isRefusal(read) ? [] : read.signatures;
}

function bad(what: string): Refusal {
  return refuse('BAD_WITNESS_POLICY', `The witness policy ${what}.`);
}
