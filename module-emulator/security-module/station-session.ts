/** One session in operation, seen from the module: it calls its station, and obeys nobody else (S09c, S27a, S27g). */
import type { Duplex } from 'node:stream';
import { pemChain } from '#libs/certificates/pem.ts';
import { X509Certificate } from 'node:crypto';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { sha256, spkiOf } from '#libs/kernel/hash.ts';
import { nonce } from '#libs/kernel/ids.ts';
import { judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { commitmentTo, openingOf } from '#libs/operation-protocol/account.ts';
import { Conversation } from '#libs/operation-protocol/conversation.ts';
import type { MessageOf } from '#libs/operation-protocol/messages.ts';
import type { SecureSession } from '#libs/personalization-protocol/tls.ts';
import { KeyHandle } from './key-memory.ts';
import type { StationCase } from './law.ts';
import type { Operation } from './module-memory.ts';
import { type ModuleParts, octetsOf } from './module-parts.ts';

const ANSWER_MS = 15_000;

/** What the ATM asks for: an authentic bank card for this account is present. */
export interface Withdrawal {
  readonly account: string;
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What came of it; the ATM pays only on `pay: 'yes'`. */
export interface WithdrawalResult {
  readonly transaction: string;
  readonly pay: 'yes' | 'no';
  /** SHA-256 of the signed authorization, base64url. */
  readonly authorization: string;
}

export class StationSession {
  readonly #parts: ModuleParts;
  readonly #conversation: Conversation;

  private constructor(parts: ModuleParts, conversation: Conversation) {
    this.#parts = parts;
    this.#conversation = conversation;
  }

  /** Handshake, own check of the station's key, Hello, Welcome. Refuses MODULE_NOT_OPERATING, LINE_HANDSHAKE, STATION_UNKNOWN. */
  static async open(parts: ModuleParts, duplex: Duplex): Promise<StationSession | Refusal> {
    const { operation, serial, epoch } = parts.image.read();
    if (operation === null) return refuse('MODULE_NOT_OPERATING', 'The module is not personalized yet.');
    const key = KeyHandle.open(operation.privateKey);
    const chain = pemChain([octetsOf(operation.certificate), octetsOf(operation.cardCa)]);
    const session = await key.openStation(duplex, chain);
    if (isRefusal(session)) return session;
    const peer = peerOf(session, operation);
    const refusal = peer === null ? NO_STATION : judge(parts.law.station, peer);
    if (peer === null || refusal !== null) {
      session.socket.destroy();
      return refusal ?? NO_STATION;
    }
    const conversation = new Conversation({
      session,
      speaker: 'module-to-station',
      ownSpki: key.publicKey(),
      peerSpki: peer.spki,
      sign: (octets) => key.sign(octets),
      law: parts.law.message,
    });
    const opened = new StationSession(parts, conversation);
    return (await opened.#greet({ serial, epoch }, peer)) ?? opened;
  }

  async #greet(hello: { serial: string; epoch: number }, peer: StationCase): Promise<Refusal | null> {
    const said = await this.#conversation.say('Hello', hello);
    if (isRefusal(said)) return said;
    const welcome = await this.#conversation.hear(['Welcome'], ANSWER_MS);
    if (isRefusal(welcome)) return welcome;
    this.#retireOldKey(peer.stationKey, octetsOf(welcome.message.stationNextKey));
    return null;
  }

  /**
   * The first session under the announced key retires the one before for ever and brings the hash of the one
   * after; under the present key nothing that the station announces changes what the card has signed.
   */
  #retireOldKey(stationKey: Uint8Array, announced: Uint8Array): void {
    const memory = this.#parts.image.read();
    const [held, next] = [toBase64url(stationKey), toBase64url(announced)];
    if (memory.operation === null || memory.operation.stationKey === held) return;
    this.#parts.image.write({ ...memory, operation: { ...memory.operation, stationKey: held, stationNextKey: next } });
  }

  /** Asks the station; refuses what its law does not let through, and then the session is over. */
  async withdraw(asked: Withdrawal): Promise<WithdrawalResult | Refusal> {
    const { account, amount, currency } = asked;
    const opening = openingOf(account);
    const said = { transaction: nonce(), account: commitmentTo(opening), amount, currency };
    const authorization = this.#conversation.compose('AuthorizeWithdrawal', said);
    const unsent = await this.#conversation.send({ ...authorization, opening });
    if (unsent !== null) return unsent;
    const heard = await this.#conversation.hear(['PayInstruction'], ANSWER_MS);
    if (isRefusal(heard)) return heard;
    const refusal = judge(this.#parts.law.pay, { asked: authorization.message, instruction: heard.message });
    if (refusal !== null) {
      this.#conversation.close();
      return refusal;
    }
    return resultOf(heard.message);
  }

  async close(): Promise<void> {
    await this.#conversation.say('Goodbye', {});
    await this.#conversation.finish();
  }
}

const NO_STATION = refuse('STATION_UNKNOWN', 'The other end showed no certificate with a key of a station.');

function resultOf({ transaction, pay, authorization }: MessageOf<'PayInstruction'>): WithdrawalResult {
  return { transaction, pay, authorization };
}

/** The key that the other end proved in the handshake; its certificate is only a wrapper (self-signed). */
function peerOf(session: SecureSession, operation: Operation): (StationCase & { readonly spki: Uint8Array }) | null {
  const [leaf] = session.peerCertificates;
  if (leaf === undefined) return null;
  const key = new X509Certificate(leaf).publicKey;
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return null;
  const spki = spkiOf(key);
  const stored = { stationKey: octetsOf(operation.stationKey), stationNextKey: octetsOf(operation.stationNextKey) };
  return { spki, stationKey: sha256(spki), stored };
}
