/** One end of a session in operation: says signed messages, hears only what its law lets through, counts both ways (S02b). */
import { toBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import type { SecureSession } from '#libs/personalization-protocol/tls.ts';
import type { MessageCase, SessionView } from './laws.ts';
import {
  MESSAGE_DOMAIN,
  type Message,
  type MessageOf,
  type MessageType,
  type SignedMessage,
  type Speaker,
  frameOf,
  parseMessage,
  signedBytes,
} from './messages.ts';

type Common = 'domain' | 'type' | 'exporter' | 'direction' | 'counter' | 'module' | 'station';

/** What is particular to a message; the rest follows from the session. */
export type Said<K extends MessageType> = Omit<MessageOf<K>, Common>;

export interface ConversationParts {
  readonly session: SecureSession;
  readonly speaker: Speaker;
  /** Own and peer's SubjectPublicKeyInfo, DER. */
  readonly ownSpki: Uint8Array;
  readonly peerSpki: Uint8Array;
  /** ECDSA P-256 with SHA-256, 64 octets r‖s. */
  readonly sign: (octets: Uint8Array) => Uint8Array;
  readonly law: Law<MessageCase>;
}

const OTHER_WAY = { 'module-to-station': 'station-to-module', 'station-to-module': 'module-to-station' } as const;

export class Conversation {
  readonly #parts: ConversationParts;
  readonly #line: FrameLine;
  readonly view: SessionView;
  #saidCount = 0;
  #heardCount = 0;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#line = new FrameLine(parts.session.socket);
    const [own, peer] = [hashId(parts.ownSpki), hashId(parts.peerSpki)];
    const isModule = parts.speaker === 'module-to-station';
    this.view = {
      exporter: toBase64url(parts.session.exporter),
      module: isModule ? own : peer,
      station: isModule ? peer : own,
      peerSpki: parts.peerSpki,
    };
  }

  /** Messages that went out and came in so far. */
  get counters(): { readonly said: number; readonly heard: number } {
    return { said: this.#saidCount, heard: this.#heardCount };
  }

  async say<K extends MessageType>(type: K, said: Said<K>): Promise<SignedMessage<MessageOf<K>> | Refusal> {
    const signed = this.compose(type, said);
    return (await this.send(signed)) ?? signed;
  }

  /** Signs the next message without sending it: for whoever must record his answer before he gives it. */
  compose<K extends MessageType>(type: K, said: Said<K>): SignedMessage<MessageOf<K>> {
    const { exporter, module, station } = this.view;
    this.#saidCount += 1;
    const direction = this.#parts.speaker;
    const common = { domain: MESSAGE_DOMAIN, type, exporter, direction, counter: this.#saidCount, module, station };
    const message = { ...common, ...said } as Message as MessageOf<K>;
    return { message, signature: this.#parts.sign(signedBytes(message)) };
  }

  send(signed: SignedMessage): Promise<Refusal | null> {
    return this.#line.send(frameOf(signed));
  }

  /** The next message when the law holds and its type is one of those that may come now; else the session ends. */
  async hear<K extends MessageType>(
    types: readonly K[],
    timeoutMs: number,
  ): Promise<SignedMessage<MessageOf<K>> | Refusal> {
    const frame = await this.#line.receive(timeoutMs);
    if (isRefusal(frame)) return frame;
    const signed = parseMessage(frame);
    const refusal = isRefusal(signed) ? signed : this.#judge(signed, types);
    if (refusal !== null) {
      this.close();
      return refusal;
    }
    this.#heardCount += 1;
    return signed as SignedMessage<MessageOf<K>>;
  }

  #judge(signed: SignedMessage, types: readonly MessageType[]): Refusal | null {
    const speaker = OTHER_WAY[this.#parts.speaker];
    const refusal = judge(this.#parts.law, { signed, session: this.view, speaker, counter: this.#heardCount + 1 });
    if (refusal !== null) return refusal;
    return types.includes(signed.message.type)
      ? null
      : refuse('MESSAGE_UNEXPECTED', 'A message of this type has no place here in the session.');
  }

  /** At once; nothing more goes out. */
  close(): void {
    this.#line.close();
  }

  /** In order: what was said still arrives. */
  finish(): Promise<void> {
    return this.#line.finish();
  }
}
