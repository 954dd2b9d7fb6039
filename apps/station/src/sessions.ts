/** One module in operation after the other: who it is, what it may, and every outcome reported before it is acted on. */
import { createHmac } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type ModuleCertificate, fingerprintOf, parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { hashId, spkiOf } from '#libs/kernel/hash.ts';
import { nonce } from '#libs/kernel/ids.ts';
import { judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { Conversation } from '#libs/operation-protocol/conversation.ts';
import { type MessageOf, type SignedMessage, messageHash, signedBytes } from '#libs/operation-protocol/messages.ts';
import { sessionServer } from '#libs/operation-protocol/tls.ts';
import type { SecureSession } from '#libs/personalization-protocol/tls.ts';
import type { StationParts } from './parts.ts';

const HEAR_MS = 30_000;
const NO_CERTIFICATE = refuse('CERTIFICATE_MISSING', 'The module showed no certificate of the profile.');

/** Serves one connection from handshake to goodbye. Never throws: what goes wrong is reported and ends the session. */
export async function serveModule(parts: StationParts, duplex: Duplex): Promise<void> {
  const stream = `session-${parts.config.station}.${nonce().replaceAll('_', '.')}`;
  const session = await sessionServer(duplex, parts.own);
  if (isRefusal(session)) return;
  const certificate = certificateOf(session);
  const refusal = isRefusal(certificate) ? certificate : judgeCertificate(parts, certificate);
  if (refusal !== null || isRefusal(certificate)) {
    const serial = isRefusal(certificate) ? null : certificate.moduleSerial;
    await refuseSession(parts, { stream, session, serial }, refusal ?? NO_CERTIFICATE);
    return;
  }
  await new ModuleSession(parts, stream, { session, certificate }).run();
}

function certificateOf(session: SecureSession): ModuleCertificate | Refusal {
  const [leaf] = session.peerCertificates;
  return leaf === undefined ? NO_CERTIFICATE : parseModuleCertificate(leaf);
}

function judgeCertificate(parts: StationParts, certificate: ModuleCertificate): Refusal | null {
  const { memory, trust, clock, stationKey } = parts;
  return judge(trust.laws.certificate, {
    certificate,
    key: trust.keyFor(certificate.issuerKeyId),
    now: clock.seconds(),
    listEnds: memory.listEnds,
    stationKey,
    known: memory.known(certificate.moduleSerial),
  });
}

async function refuseSession(
  parts: StationParts,
  at: { stream: string; session: SecureSession; serial: string | null },
  refusal: Refusal,
): Promise<void> {
  const data = { code: refusal.code, serial: at.serial ?? 'none', station: parts.config.station };
  await parts.reports.send(at.stream, { type: 'SessionRefused', data });
  parts.say(`refused ${at.serial ?? 'a stranger'}: ${refusal.code}`);
  at.session.socket.destroy();
}

type Asked = SignedMessage<MessageOf<'AuthorizeWithdrawal'>>;

class ModuleSession {
  readonly #parts: StationParts;
  readonly #stream: string;
  readonly #certificate: ModuleCertificate;
  readonly #conversation: Conversation;
  #transactions = 0;

  constructor(parts: StationParts, stream: string, peer: { session: SecureSession; certificate: ModuleCertificate }) {
    this.#parts = parts;
    this.#stream = stream;
    this.#certificate = peer.certificate;
    this.#conversation = new Conversation({
      session: peer.session,
      speaker: 'station-to-module',
      ownSpki: spkiOf(parts.publicKey),
      peerSpki: peer.certificate.spki,
      sign: (octets) => signRaw(octets, parts.privateKey),
      law: parts.trust.laws.message,
    });
  }

  async run(): Promise<void> {
    const refusal = (await this.#greet()) ?? (await this.#serve());
    if (refusal !== null) {
      this.#parts.say(`session with ${this.#certificate.moduleSerial} ended: ${refusal.code}`);
      await this.#report('SessionClosed', { reason: refusal.code.toLowerCase().replaceAll('_', '-').slice(0, 32) });
    }
    this.#conversation.close();
  }

  async #greet(): Promise<Refusal | null> {
    const { memory, config, nextKey } = this.#parts;
    const { moduleSerial: serial, epoch, spki, der } = this.#certificate;
    const established = {
      station: config.station,
      serial,
      fingerprint: toBase64url(fingerprintOf(der)),
      exporter: this.#conversation.view.exporter,
    };
    const hello = await this.#conversation.hear(['Hello'], HEAR_MS);
    const refusal = isRefusal(hello)
      ? hello
      : judge(this.#parts.trust.laws.hello, { hello: hello.message, serial, epoch });
    if (refusal !== null) return refusal;
    const recorded = await this.#report('SessionEstablished', established);
    if (recorded !== null) return recorded;
    memory.met(serial, epoch, hashId(spki));
    const welcome = await this.#conversation.say('Welcome', { stationNextKey: toBase64url(nextKey) });
    return isRefusal(welcome) ? welcome : null;
  }

  async #serve(): Promise<Refusal | null> {
    for (;;) {
      const heard = await this.#conversation.hear(['AuthorizeWithdrawal', 'Goodbye'], HEAR_MS);
      if (isRefusal(heard)) return heard;
      if (heard.message.type === 'Goodbye') return this.#report('SessionClosed', { reason: 'goodbye' });
      const refusal = await this.#withdraw(heard as Asked);
      if (refusal !== null) return refusal;
    }
  }

  /** Judge, record, and only then answer: no money leaves on a word that the log does not hold. */
  async #withdraw(asked: Asked): Promise<Refusal | null> {
    const { message } = asked;
    const { amountMax, currencies } = this.#parts.config;
    const answered = this.#parts.answered;
    const refusal = judge(this.#parts.trust.laws.withdrawal, {
      asked: message,
      opening: asked.opening ?? null,
      amountMax,
      currencies,
      answered,
    });
    answered.add(message.transaction);
    this.#transactions += 1;
    if (refusal !== null) {
      await this.#report('TransactionRefused', { code: refusal.code, counter: this.#transactions });
      return this.#conversation.send(this.#instruction(message, 'no'));
    }
    const instruction = this.#instruction(message, 'yes');
    const unrecorded = await this.#report('TransactionAuthorized', this.#authorized(asked, instruction));
    return unrecorded ?? (await this.#conversation.send(instruction));
  }

  #instruction(asked: MessageOf<'AuthorizeWithdrawal'>, pay: 'yes' | 'no'): SignedMessage<MessageOf<'PayInstruction'>> {
    const { transaction, amount, currency } = asked;
    return this.#conversation.compose('PayInstruction', {
      transaction,
      amount,
      currency,
      pay,
      authorization: messageHash(asked),
    });
  }

  #authorized(asked: Asked, instruction: SignedMessage): object {
    const { amount, currency } = asked.message;
    const account = asked.opening?.account ?? '';
    return {
      account: createHmac('sha256', this.#parts.accountKey).update(account).digest('base64url'),
      amount,
      currency,
      counter: this.#transactions,
      authorization: toBase64url(signedBytes(asked.message)),
      authorizationSignature: toBase64url(asked.signature),
      instruction: toBase64url(signedBytes(instruction.message)),
      instructionSignature: toBase64url(instruction.signature),
    };
  }

  #report(type: string, data: object): Promise<Refusal | null> {
    return this.#parts.reports.send(this.#stream, { type, data });
  }
}
