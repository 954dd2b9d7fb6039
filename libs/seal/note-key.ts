/** Keys that sign notes, in the one line other tools write them in: name+keyid+base64(algorithm ‖ public key). */
import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { concat, equal, fromBase64url, toBase64url, toHex, u8, utf8 } from '#libs/kernel/bytes.ts';
import { cosignedMessage } from './cosigned-message.ts';
import { keyFromJwk, publicJwk, sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { fromBase64, toBase64 } from './base64.ts';

export interface NoteKey {
  readonly name: string;
  /** 4 octets. */
  readonly id: Uint8Array;
  /** The line that pins this key elsewhere. */
  readonly line: string;
  /** What a signature under it says: `note` vouches for the text, `cosignature` that a witness saw it at a time. */
  readonly says: 'note' | 'cosignature';
  readonly verifies: (text: Uint8Array, signature: Uint8Array) => boolean;
}

interface Algorithm {
  readonly type: number;
  readonly says: NoteKey['says'];
  readonly idOf: (name: string, octets: Uint8Array) => Uint8Array;
  /** Null on octets that are no such key. */
  readonly keyOf: (octets: Uint8Array) => KeyObject | null;
  readonly verifies: (key: KeyObject, text: Uint8Array, signature: Uint8Array) => boolean;
}

const ED25519: Algorithm = {
  type: 0x01,
  says: 'note',
  idOf: namedId(0x01),
  keyOf: ed25519Key,
  verifies: (key, text, signature) => signature.length === 64 && verify(null, text, key, signature),
};

/** Only read, never made here: older public logs sign so. The id is that of the SPKI alone, the signature DER. */
const ECDSA_P256: Algorithm = {
  type: 0x02,
  says: 'note',
  idOf: (_name, octets) => sha256(octets).slice(0, 4),
  keyOf: (octets) => createPublicKey({ key: Buffer.from(octets), format: 'der', type: 'spki' }),
  verifies: (key, text, signature) => verify('sha256', text, key, signature),
};

/** A witness's timestamped cosignature (c2sp.org/tlog-cosignature, v1): u64 seconds, then Ed25519 over both. */
const COSIGNATURE: Algorithm = {
  type: 0x04,
  says: 'cosignature',
  idOf: namedId(0x04),
  keyOf: ed25519Key,
  verifies: (key, text, signature) => {
    const message = cosignedMessage(text, signature);
    return message !== null && verify(null, message, key, signature.subarray(8));
  },
};

const ALGORITHMS: readonly Algorithm[] = [ED25519, ECDSA_P256, COSIGNATURE];

function namedId(type: number): Algorithm['idOf'] {
  return (name, octets) => sha256(utf8(`${name}\n`), u8(type), octets).slice(0, 4);
}

function ed25519Key(octets: Uint8Array): KeyObject | null {
  return octets.length === 32 ? keyFromJwk({ kty: 'OKP', crv: 'Ed25519', x: toBase64url(octets) }) : null;
}

/** A key name has no white space and no plus (c2sp.org/signed-note); kept to 255 characters here. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= 255 && name.isWellFormed() && !/[\s+\u0000-\u001f\u007f\u0085]/u.test(name);
}

/** The note key of an Ed25519 key, public or private. Throws TypeError on another kind of key or a bad name. */
export function ed25519NoteKey(name: string, key: KeyObject): NoteKey {
  return keyOfPair(name, key, ED25519);
}

/** The key of a witness, under which its cosignatures are read. Throws as `ed25519NoteKey`. */
export function cosignatureKey(name: string, key: KeyObject): NoteKey {
  return keyOfPair(name, key, COSIGNATURE);
}

function keyOfPair(name: string, key: KeyObject, algorithm: Algorithm): NoteKey {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const jwk = publicJwk(publicKey);
  const octets = fromBase64url(jwk.x);
  if (jwk.crv !== 'Ed25519' || octets === null) throw new TypeError('checkpoints are signed with Ed25519');
  const noteKey = assemble(name, algorithm, octets);
  if (isRefusal(noteKey)) throw new TypeError(noteKey.message);
  return noteKey;
}

/** Reads a key line; refuses an unknown algorithm, a wrong length and an id that is not the key's. */
export function parseNoteKey(line: string): NoteKey | Refusal {
  const [, name = '', id = '', base64 = ''] =
    /^([^+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{4,400})$/.exec(line) ?? [];
  const octets = fromBase64(base64);
  const algorithm = ALGORITHMS.find(({ type }) => type === octets?.[0]);
  if (octets === null || algorithm === undefined) return badKey('is not name+id+key of a known algorithm');
  const key = assemble(name, algorithm, octets.slice(1));
  return isRefusal(key) || toHex(key.id) === id ? key : badKey('has an id that is not its own');
}

function assemble(name: string, algorithm: Algorithm, octets: Uint8Array): NoteKey | Refusal {
  const key = keyOrNull(algorithm, octets);
  if (key === null) return badKey('holds no public key of its algorithm');
  if (!isKeyName(name)) return badKey('has a name with white space or plus in it, or none');
  const id = algorithm.idOf(name, octets);
  return {
    name,
    id,
    line: `${name}+${toHex(id)}+${toBase64(concat(u8(algorithm.type), octets))}`,
    says: algorithm.says,
    verifies: (text, signature) => algorithm.verifies(key, text, signature),
  };
}

function keyOrNull(algorithm: Algorithm, octets: Uint8Array): KeyObject | null {
  try {
    return algorithm.keyOf(octets);
  } catch {
    return null;
  }
}

function badKey(what: string): Refusal {
  return refuse('BAD_NOTE_KEY', `The note key ${what}.`);
}

export function isKeyOf(key: NoteKey, name: string, id: Uint8Array): boolean {
  return key.name === name && equal(key.id, id);
}
