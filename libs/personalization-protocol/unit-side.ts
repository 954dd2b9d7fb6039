/** The personalization unit's end of the line: sets up the session, knows its module, and asks (S25d, S33b). */
import type { Duplex } from 'node:stream';
import { verifyIdentityByAny } from '#libs/certificates/chain.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { inSpan } from '#libs/trace/spans.ts';
import { type Attestation, decodeAttestation } from './attestation.ts';
import { FrameLine } from './frame-line.ts';
import { encodeInstalled } from './installed-statement.ts';
import {
  type Answer,
  type AnswerOf,
  type AnswerType,
  type Request,
  type RequestOf,
  frameOf,
  parseAnswer,
} from './messages.ts';
import { type SecureSession, unitClient } from './tls.ts';
import { type UnitLaws, unitLaws } from './unit-law.ts';

const ANSWER_MS = 60_000;

export interface LineExpectation {
  /** As read on the housing by the operator. */
  readonly serial: string;
  /** SPKI of the module identity CA that the unit pins, DER (S25a). */
  readonly identityCaSpki: Uint8Array;
  /** SPKI of the roots of other manufacturers that approved orders let in, DER. */
  readonly roots?: readonly Uint8Array[];
  readonly clock: Clock;
  readonly law?: UnitLaws;
}

/** The module at the other end, after its identity was verified. */
export interface KnownModule {
  readonly serial: string;
  readonly moduleClass: string;
  readonly state: AnswerOf<'Identified'>['state'];
  readonly epoch: number;
  /** DER. */
  readonly identity: Uint8Array;
  readonly identityCa: Uint8Array;
  /** SPKI of the identity key, DER. */
  readonly identitySpki: Uint8Array;
}

export type KeyWish = Omit<RequestOf<'MakeKey'>, 'type' | 'unitTime' | 'keyBirth'> & {
  /** Salts of earlier attempts under this order; a pending key keeps the salt it was born with. */
  readonly earlierSalts?: readonly Uint8Array[];
};

export interface MadeKey {
  readonly attestation: Attestation;
  /** The signed bytes, as the card wants them. */
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Which certificate an installed statement has to speak of. */
export interface InstalledExpectation {
  /** SPKI of the module key, DER. */
  readonly moduleSpki: Uint8Array;
  readonly epoch: number;
  readonly orderHash: Uint8Array;
  readonly certificate: Uint8Array;
}

export class ModuleLine {
  readonly #session: SecureSession;
  readonly #line: FrameLine;
  readonly #expected: LineExpectation;
  readonly #law: UnitLaws;
  readonly module: KnownModule;

  private constructor(parts: {
    session: SecureSession;
    line: FrameLine;
    expected: LineExpectation;
    law: UnitLaws;
    module: KnownModule;
  }) {
    this.#session = parts.session;
    this.#line = parts.line;
    this.#expected = parts.expected;
    this.#law = parts.law;
    this.module = parts.module;
  }

  /** Handshake, IDENTIFY, and who it is. Closes the line on refusal: LINE_HANDSHAKE, WRONG_MODULE, the identity chain's codes … */
  static async open(duplex: Duplex, expected: LineExpectation): Promise<ModuleLine | Refusal> {
    const session = await unitClient(duplex);
    if (isRefusal(session)) return session;
    const line = new FrameLine(session.socket);
    const law = expected.law ?? unitLaws;
    const module = await identified(line, session, { expected, law });
    if (isRefusal(module)) {
      line.close();
      return module;
    }
    return new ModuleLine({ session, line, expected, law, module });
  }

  /** 32 octets of this session's keying material. */
  get exporter(): Uint8Array {
    return this.#session.exporter;
  }

  /** A key for the order, attested for the card's challenge. EXPORTER_DIFFERS, ATTESTATION_STALE, SALT_NOT_PRESCRIBED … */
  async makeKey(wish: KeyWish): Promise<MadeKey | Refusal> {
    const { earlierSalts = [], ...members } = wish;
    const unitTime = this.#expected.clock.seconds();
    const asked: RequestOf<'MakeKey'> = {
      type: 'MakeKey',
      keyBirth: 'personalization-with-salt',
      unitTime,
      ...members,
    };
    const made = await ask(this.#line, asked, 'KeyMade');
    if (isRefusal(made)) return made;
    const attestation = decodeAttestation(made.attestation);
    if (isRefusal(attestation)) return attestation;
    const { serial, moduleClass, identitySpki: spki } = this.module;
    const refusal = judge(this.#law.attestation, {
      attestation,
      bytes: made.attestation,
      signature: made.signature,
      identity: { serial, moduleClass, spki },
      exporter: this.#session.exporter,
      asked,
      earlierSalts,
      now: this.#expected.clock.seconds(),
    });
    return refusal ?? { attestation, bytes: made.attestation, signature: made.signature };
  }

  /** Certificate, chain, list and station statement to the module; the line is cleared when it is installed (S26a). */
  async install(
    what: Omit<RequestOf<'Install'>, 'type'>,
    key: Omit<InstalledExpectation, 'certificate'>,
  ): Promise<AnswerOf<'Installed'> | Refusal> {
    const installed = await ask(this.#line, { type: 'Install', ...what }, 'Installed');
    if (isRefusal(installed)) return installed;
    this.close();
    return this.#judgeInstalled(installed, { ...key, certificate: what.certificate }) ?? installed;
  }

  /** What an operating module holds; with the statement of its module key where the unit knows what to expect. */
  async storedCertificate(): Promise<AnswerOf<'StoredCertificate'> | Refusal> {
    return ask(this.#line, { type: 'CertificateOf' }, 'StoredCertificate');
  }

  /** Takes a lost answer up: null when the module holds this certificate and says so. */
  async confirmInstalled(expected: InstalledExpectation): Promise<AnswerOf<'StoredCertificate'> | Refusal> {
    const stored = await this.storedCertificate();
    if (isRefusal(stored)) return stored;
    return this.#judgeInstalled(stored, expected) ?? stored;
  }

  /** The nonce that a card's ticket must name; good once. */
  async resetNonce(): Promise<Uint8Array | Refusal> {
    const given = await ask(this.#line, { type: 'ResetNonce' }, 'NonceGiven');
    return isRefusal(given) ? given : given.nonce;
  }

  /** A ticket to the module; its word that the key is erased. */
  reset(ticket: RequestOf<'Reset'> | RequestOf<'Transfer'>): Promise<AnswerOf<'WasReset'> | Refusal> {
    return ask(this.#line, ticket, 'WasReset');
  }

  /** Takes a lost answer up. */
  lastReset(): Promise<AnswerOf<'WasReset'> | Refusal> {
    return ask(this.#line, { type: 'LastReset' }, 'WasReset');
  }

  /** Erases the module's pending key. */
  async discard(): Promise<Refusal | null> {
    const discarded = await ask(this.#line, { type: 'Discard' }, 'Discarded');
    return isRefusal(discarded) ? discarded : null;
  }

  close(): void {
    this.#line.close();
  }

  #judgeInstalled(
    said: { statement: Uint8Array; signature: Uint8Array },
    expected: InstalledExpectation,
  ): Refusal | null {
    const { serial } = this.module;
    const { epoch, orderHash, certificate, moduleSpki } = expected;
    const bytes = encodeInstalled({ serial, epoch, orderHash, certificateHash: sha256(certificate) });
    const holds = verifyRaw(bytes, said.signature, keyFromSpki(moduleSpki));
    return holds
      ? null
      : refuse('INSTALLED_SIGNATURE', 'The module did not confirm this certificate with its new key.');
  }
}

async function ask<K extends Exclude<AnswerType, 'Refused'>>(
  line: FrameLine,
  request: Request,
  type: K,
): Promise<AnswerOf<K> | Refusal> {
  const answer: Answer | Refusal = await inSpan(`line ${request.type}`, {}, async (tell) => {
    const frame = await line.ask(frameOf(request), ANSWER_MS);
    const read = isRefusal(frame) ? frame : parseAnswer(frame);
    tell({ 'line.answer': isRefusal(read) ? read.code : read.type });
    return read;
  });
  if (isRefusal(answer)) return answer;
  if (answer.type === type) return answer as AnswerOf<K>;
  line.close();
  return refuse('UNEXPECTED_ANSWER', 'The module answered something else than was asked.');
}

async function identified(
  line: FrameLine,
  session: SecureSession,
  { expected, law }: { expected: LineExpectation; law: UnitLaws },
): Promise<KnownModule | Refusal> {
  const stated = await ask(line, { type: 'Identify' }, 'Identified');
  if (isRefusal(stated)) return stated;
  const { identityCaSpki, roots = [] } = expected;
  const pins = [{ identityCaSpki }, ...roots.map((rootSpki) => ({ rootSpki }))] as const;
  const identity = verifyIdentityByAny({ leaf: stated.identity, identityCa: stated.identityCa }, pins);
  if (isRefusal(identity)) return identity;
  const refusal = judge(law.identity, {
    serialOnHousing: expected.serial,
    identity,
    stated,
    peerCertificate: session.peerCertificates[0] ?? new Uint8Array(),
  });
  if (refusal !== null) return refusal;
  const { serial, moduleClass, state, epoch } = stated;
  return {
    serial,
    moduleClass,
    state,
    epoch,
    identity: stated.identity,
    identityCa: stated.identityCa,
    identitySpki: identity.spki,
  };
}
