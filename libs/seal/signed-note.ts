/** Signed notes (c2sp.org/signed-note): a text and the signatures under it, readable by other people's tools. */
import { type KeyObject, sign } from 'node:crypto';
import { concat, utf8 } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { type NoteKey, ed25519NoteKey, isKeyName, isKeyOf } from './note-key.ts';

/** Limits of a note that is read. */
export const NOTE_LIMITS = { octetsMax: 1_000_000, signaturesMax: 100 } as const;

export interface NoteSignature {
  readonly name: string;
  /** 4 octets, by which a verifier finds the key. */
  readonly keyId: Uint8Array;
  /** As the key's algorithm writes it. */
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** What is signed, with its final newline. */
  readonly text: string;
  /** All of them, also those of keys and algorithms unknown here. */
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSigner {
  readonly name: string;
  /** Ed25519, private. */
  readonly key: KeyObject;
}

/** Reads a note; refuses what is malformed and judges no signature. */
export function parseNote(note: string | Uint8Array): SignedNote | Refusal {
  const whole = typeof note === 'string' ? note : Buffer.from(note).toString('utf8');
  if (whole.length > NOTE_LIMITS.octetsMax) return malformed(`has more than ${NOTE_LIMITS.octetsMax} octets`);
  if (typeof note === 'string' ? !note.isWellFormed() : !Buffer.from(whole, 'utf8').equals(note))
    return malformed('is no UTF-8');
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) return malformed('holds control characters');
  const end = whole.lastIndexOf('\n\n');
  if (end < 0 || !whole.endsWith('\n')) return malformed('is no text, empty line and signatures');
  const lines = whole.slice(end + 2, -1).split('\n');
  if (lines.length > NOTE_LIMITS.signaturesMax)
    return malformed(`has more than ${NOTE_LIMITS.signaturesMax} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === null) return malformed('has a line among its signatures that is none');
    signatures.push(signature);
  }
  return { text: whole.slice(0, end + 1), signatures };
}

function parseSignature(line: string): NoteSignature | null {
  const [, name = '', base64 = ''] = /^\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  const octets = fromBase64(base64);
  if (octets === null || octets.length < 5 || !isKeyName(name)) return null;
  return { name, keyId: octets.slice(0, 4), signature: octets.slice(4) };
}

/**
 * The keys whose signatures hold, at least one. Signatures of unknown keys count for nothing and harm
 * nothing; a signature under a known key that does not hold refuses the whole note.
 */
export function verifyNote(note: SignedNote, keys: readonly NoteKey[]): readonly NoteKey[] | Refusal {
  const text = utf8(note.text);
  const verified = new Set<NoteKey>();
  for (const { name, keyId, signature } of note.signatures) {
    const key = keys.find((one) => isKeyOf(one, name, keyId));
    if (key === undefined || verified.has(key)) continue;
    if (!key.verifies(text, signature)) return refuse('BAD_NOTE_SIGNATURE', `The signature of ${name} does not hold.`);
    verified.add(key);
  }
  return verified.size > 0 ? [...verified] : refuse('NOTE_NOT_SIGNED', 'No known key has signed this note.');
}

/** The note of a text under one or more Ed25519 signatures. Throws TypeError on a text no note can hold. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const octets = utf8(text);
  const lines = signers.map(({ name, key }) => {
    return signatureLine(name, ed25519NoteKey(name, key).id, Uint8Array.from(sign(null, octets, key)));
  });
  const note = `${text}\n${lines.join('')}`;
  const read = parseNote(note);
  if (isRefusal(read) || read.text !== text)
    throw new TypeError('the text of a note ends in a newline and holds no control characters');
  return note;
}

export function signatureLine(name: string, keyId: Uint8Array, signature: Uint8Array): string {
  return `\u2014 ${name} ${toBase64(concat(keyId, signature))}\n`;
}

function malformed(what: string): Refusal {
  return refuse('MALFORMED_NOTE', `The note ${what}.`);
}
