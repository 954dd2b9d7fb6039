/** The bank's sealed log, as its owner holds it: what he appends is proved, and nothing stops him from appending. */
import { toBase64url } from '#libs/kernel/bytes.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { entryOf } from '#libs/kernel/event.ts';
import { nonce, uuidv7 } from '#libs/kernel/ids.ts';
import type { TrustListEntry } from '#libs/kernel/trust-list.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { ed25519NoteKey } from '#libs/seal/note-key.ts';
import type { NoteSigner } from '#libs/seal/signed-note.ts';

export type SealedEvent = TrustListEntry['event'];

export class BankLog {
  readonly #tree = new MerkleTree();
  readonly #signer: NoteSigner;

  constructor(signer: NoteSigner) {
    this.#signer = signer;
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

  /** Of the whole log as it is now, by its own key or by a forger's. */
  checkpoint(signer: NoteSigner = this.#signer): string {
    return signCheckpoint({ size: this.#tree.size, root: this.#tree.root() }, signer);
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
