/** The bank's sealed log, as its owner holds it: what he appends is proved, and nothing stops him from appending. */
import { generateKeyPairSync } from 'node:crypto';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { entryOf } from '#libs/kernel/event.ts';
import { nonce, uuidv7 } from '#libs/kernel/ids.ts';
import type { TrustListEntry } from '#libs/kernel/trust-list.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { withSignatures } from '#libs/seal/cosignature.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { type NoteKey, cosignatureKey, ed25519NoteKey } from '#libs/seal/note-key.ts';
import type { NoteSigner } from '#libs/seal/signed-note.ts';
import { type TreeHead, Witness, addCheckpointBody } from '#libs/seal/witness.ts';

/** By the witness's own clock; nothing rests on it here. */
const NOW = 1_790_000_000;

/** Name of the witness that the bank was founded with. */
export const WITNESS = 'witness.test';

export type SealedEvent = TrustListEntry['event'];

/** Somebody else's machine: who owns the bank's server has no part of it. */
class HonestWitness {
  readonly #signer: NoteSigner = { name: WITNESS, key: generateKeyPairSync('ed25519').privateKey };
  readonly #witness: Witness;
  #head: TreeHead | null = null;

  constructor(logKey: NoteKey) {
    const memory = { head: () => this.#head, keep: (_: string, head: TreeHead) => void (this.#head = head) };
    const clock = { seconds: () => NOW, rfc3339: () => rfc3339Of(NOW) };
    this.#witness = new Witness({ signer: this.#signer, memory, keysOf: () => [logKey], clock });
  }

  get key(): string {
    return cosignatureKey(this.#signer.name, this.#signer.key).line;
  }

  /** With its cosignature where the log grew out of what it saw; as it came otherwise. */
  cosigned(note: string, tree: MerkleTree): string {
    const oldSize = this.#head?.size ?? 0;
    const proof = oldSize > 0 && oldSize < tree.size ? tree.consistencyProof(oldSize) : [];
    const { status, body } = this.#witness.addCheckpoint(addCheckpointBody({ oldSize, proof, note }));
    return status === 200 ? withSignatures(note, [body]) : note;
  }
}

export class BankLog {
  readonly #tree = new MerkleTree();
  readonly #signer: NoteSigner;
  readonly #witness: HonestWitness;

  constructor(signer: NoteSigner, witness = new HonestWitness(ed25519NoteKey(signer.name, signer.key))) {
    this.#signer = signer;
    this.#witness = witness;
  }

  /** Another history of the same log, under the same key and before the same witness. */
  fork(): BankLog {
    return new BankLog(this.#signer, this.#witness);
  }

  get witnessPolicy(): { readonly quorum: number; readonly witnesses: readonly string[] } {
    return { quorum: 1, witnesses: [this.#witness.key] };
  }

  /** The line by which others pin its key. */
  get key(): string {
    return ed25519NoteKey(this.#signer.name, this.#signer.key).line;
  }

  /** Index of the leaf. */
  append(event: SealedEvent): number {
    const metadata = event.metadata as Readonly<Record<string, string>>;
    this.#tree.append(entryOf({ ...event, metadata, revision: BigInt(event.revision) }));
    return this.#tree.size - 1;
  }

  /** Of the whole log as it is now, by its own key and its witness, or by a forger's key. */
  checkpoint(signer: NoteSigner = this.#signer): string {
    const note = signCheckpoint({ size: this.#tree.size, root: this.#tree.root() }, signer);
    return signer === this.#signer ? this.#witness.cosigned(note, this.#tree) : note;
  }

  get size(): number {
    return this.#tree.size;
  }

  /** RFC 6962 root of the log as it is now, base64url. */
  get root(): string {
    return toBase64url(this.#tree.root());
  }

  inclusion(index: number, size: number = this.#tree.size): readonly string[] {
    return this.#tree.inclusionProof(index, size).map(toBase64url);
  }
}

/** `CertificateRecorded` as the platform would record it, or another word about the same certificate. */
export function recordedEvent(
  it: { readonly fingerprint: string; readonly cardKey: string },
  recordedAt: number,
  change: Partial<SealedEvent> = {},
): SealedEvent {
  const pattern = trustedEvent({ station: '', cardKey: '', order: '' }, recordedAt);
  const stream = `certificate-${it.fingerprint}`;
  return { ...pattern, stream, type: 'CertificateRecorded', data: { ...it }, ...change };
}

/** `SigningKeyTrusted` as the platform would record it. */
export function trustedEvent(
  it: { readonly station: string; readonly cardKey: string; readonly order: string },
  recordedAt: number,
): SealedEvent {
  const at = rfc3339Of(recordedAt);
  return {
    id: uuidv7(recordedAt * 1000),
    stream: `trust-list-${it.station}`,
    revision: 0,
    type: 'SigningKeyTrusted',
    schemaVersion: 1,
    occurredAt: at,
    recordedAt: at,
    salt: nonce(),
    data: { cardKey: it.cardKey, order: it.order },
    metadata: {},
  };
}
