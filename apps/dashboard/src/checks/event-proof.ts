/**
 * What an event's page computes for itself: entry of the event, path to the root, signature under the root, and that the
 * log key is the one that the founding names. Nothing is taken on the platform's word but the pinned genesis.
 */
import { type Json, isObject, parseCanonical } from './canonical.ts';
import { hashId, sha256 } from './hash.ts';
import { rootOf } from './merkle.ts';
import { isSignedBy, noteKeyOf, readCheckpoint } from './note.ts';
import { equal, fromBase64url, toHex, utf8 } from './octets.ts';

export interface ShownProof {
  /** Text that is hashed behind the salt, canonical JSON. */
  readonly canonical: string;
  /** 16 octets, base64url. */
  readonly salt: string;
  readonly index: number;
  /** Siblings, nearest first, base64url. */
  readonly path: readonly string[];
  /** Signed note. */
  readonly checkpoint: string;
}

export interface Founding {
  /** Pinned: SHA-256 of the founding's text, base64url. */
  readonly genesis: string;
  readonly text: string;
}

/** The event as the page shows it; the canonical text must say the same. */
export interface ShownEvent {
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly data: string;
}

export type ProofStep = 'bytes' | 'path' | 'signature' | 'founding';

export type Judgement = Proved | Failed;

export interface Proved {
  readonly state: 'proved';
  /** Hex. */
  readonly entry: string;
  /** Hex. */
  readonly root: string;
  /** Events under the checkpoint. */
  readonly size: number;
  /** How long the check took, milliseconds. */
  readonly ms: number;
}

export interface Failed {
  readonly state: 'failed';
  /** The first step that does not hold. */
  readonly fails: ProofStep;
  readonly size: number | null;
}

export async function judgeEvent(event: ShownEvent, proof: ShownProof, founding: Founding): Promise<Judgement> {
  const started = performance.now();
  const checkpoint = readCheckpoint(proof.checkpoint);
  const fails = (step: ProofStep): Judgement => ({ state: 'failed', fails: step, size: checkpoint?.size ?? null });
  const salt = fromBase64url(proof.salt);
  if (salt === null || !saysTheSame(event, proof.canonical)) return fails('bytes');
  const entry = await sha256(salt, utf8(proof.canonical));
  const path = proof.path.map(fromBase64url).filter((step) => step !== null);
  if (checkpoint === null || path.length !== proof.path.length) return fails('path');
  const root = await rootOf({ index: proof.index, size: checkpoint.size, entry, path });
  if (root === null || !equal(root, checkpoint.root)) return fails('path');
  if ((await hashId(founding.text)) !== founding.genesis) return fails('founding');
  const key = await noteKeyOf(logKeyOf(founding.text));
  if (key === null) return fails('founding');
  if (checkpoint.origin !== key.name || !(await isSignedBy(checkpoint, key))) return fails('signature');
  const ms = performance.now() - started;
  return { state: 'proved', entry: toHex(entry), root: toHex(root), size: checkpoint.size, ms };
}

function saysTheSame(event: ShownEvent, text: string): boolean {
  const sealed = parseCanonical(text);
  const data = parseCanonical(event.data);
  if (!isObject(sealed ?? undefined) || data === null) return false;
  const { id, type, stream, occurredAt, recordedAt } = sealed as Readonly<Record<string, Json>>;
  return (
    id === event.eventId &&
    type === event.type &&
    stream === event.stream &&
    occurredAt === event.occurredAt &&
    recordedAt === event.recordedAt &&
    text.includes(`"data":${event.data}`)
  );
}

function logKeyOf(founding: string): string {
  const value = parseCanonical(founding);
  const key = isObject(value ?? undefined) ? (value as Readonly<Record<string, Json>>)['logKey'] : undefined;
  return typeof key === 'string' ? key : '';
}
