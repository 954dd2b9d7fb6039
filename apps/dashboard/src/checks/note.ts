/** Checkpoints as signed notes (c2sp.org/signed-note, tlog-checkpoint): read here, and their Ed25519 signatures checked here. */
import { sha256 } from './hash.ts';
import { type Octets, type WebKey, concat, equal, fromBase64, toHex, utf8 } from './octets.ts';

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Octets;
  readonly signature: Octets;
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Octets;
  /** What is signed, with its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Null where the note is none, or its text no checkpoint with a root of 32 octets. */
export function readCheckpoint(note: string): Checkpoint | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, end + 1);
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map(signatureOf);
  const [origin = '', digits = '', base64 = ''] = text.split('\n');
  const root = fromBase64(base64);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(digits) || root?.length !== 32 || origin === '') return null;
  if (signatures.includes(null)) return null;
  return { origin, size: Number(digits), root, text, signatures: signatures.filter((one) => one !== null) };
}

function signatureOf(line: string): NoteSignature | null {
  const [, name = '', base64 = ''] = /^\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  const octets = fromBase64(base64);
  if (octets === null || octets.length < 5) return null;
  return { name, keyId: octets.slice(0, 4), signature: octets.slice(4) };
}

export interface NoteKey {
  readonly name: string;
  readonly id: Octets;
  readonly key: WebKey;
}

/** A key from its line `name+id+base64(0x01 ‖ key)`; null unless it is Ed25519 and the id is its own. */
export async function noteKeyOf(line: string): Promise<NoteKey | null> {
  const [, name = '', id = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  const octets = fromBase64(base64);
  if (octets?.length !== 33 || octets[0] !== 1) return null;
  const own = (await sha256(utf8(`${name}\n`), octets)).slice(0, 4);
  if (toHex(own) !== id) return null;
  const key = await crypto.subtle.importKey('raw', octets.slice(1), 'Ed25519', true, ['verify']);
  return { name, id: own, key };
}

/** Whether this key signed the checkpoint under its own name. */
export async function isSignedBy({ signatures, text }: Checkpoint, { name, id, key }: NoteKey): Promise<boolean> {
  const own = signatures.find((one) => one.name === name && equal(one.keyId, id));
  if (own?.signature.length !== 64) return false;
  return crypto.subtle.verify('Ed25519', key, concat(own.signature), utf8(text));
}
