/** The card's commands as functions: what a personalization unit or a headquarters machine asks of a card. */
import { OctetReader, Truncated, ascii } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { inSpan } from '#libs/trace/spans.ts';
import { encodeApproval } from './approval-field.ts';
import { type Command, decodeResponse, encodeChain } from './apdu.ts';
import { APPLICATION_ID, INSTRUCTIONS, type Instruction, PIN_OWNERS, type PinOwner, STATUS } from './commands.ts';
import { decodeFields, encodeFields } from './fields.ts';
import type { CardConnection } from './reader.ts';

export interface CardStatus {
  readonly life: string;
  readonly card: string;
  readonly logNumber: number;
  readonly capacity: number;
  readonly head: Uint8Array;
}

export interface CardSetup {
  readonly genesis: Uint8Array;
  readonly approverSet: Uint8Array;
  readonly leaseKeySpki: Uint8Array;
  readonly identityCaSpki: Uint8Array;
  readonly organization: string;
}

export interface KeyBirth {
  readonly spki: Uint8Array;
  readonly birth: Uint8Array;
  readonly birthSignature: Uint8Array;
  readonly deviceSpki: Uint8Array;
  readonly deviceSignature: Uint8Array;
}

export interface SignRequest {
  readonly attestation: Uint8Array;
  readonly signature: Uint8Array;
  readonly identity: Uint8Array;
  readonly identityCa: Uint8Array;
  /** That an order with a tree of serials names this module; empty, and left out, where the order lists them. */
  readonly inclusion?: Uint8Array;
}

/** Sends one command; a status word other than 9000 becomes a refusal with the code that the card gave. */
async function send(card: CardConnection, instruction: Instruction, data: Uint8Array): Promise<Uint8Array | Refusal> {
  return sendTo(card, instruction, { ...INSTRUCTIONS[instruction], data });
}

async function sendTo(card: CardConnection, instruction: Instruction, command: Command): Promise<Uint8Array | Refusal> {
  let given: Uint8Array = NOTHING;
  for (const apdu of encodeChain(command)) {
    const answer = await inSpan(`apdu ${instruction}`, {}, async (tell) => {
      const said = decodeResponse(await card.transmit(apdu));
      if (!isRefusal(said)) tell({ 'card.status': said.status.toString(16).padStart(4, '0') });
      return said;
    });
    if (isRefusal(answer)) return answer;
    if (answer.status !== STATUS.OK) return cardRefusal(instruction, answer.status, answer.data);
    given = answer.data;
  }
  return given;
}

function cardRefusal(instruction: Instruction, status: number, data: Uint8Array): Refusal {
  const said = Buffer.from(data).toString('latin1');
  const code = /^[A-Z][A-Z0-9_]{2,47}$/.test(said) ? said : 'CARD_REFUSED';
  return refuse(
    code,
    `The chip card refused ${instruction} with status ${status.toString(16).padStart(4, '0')} (${code}).`,
  );
}

async function done(answer: Promise<Uint8Array | Refusal>): Promise<Refusal | null> {
  const given = await answer;
  return isRefusal(given) ? given : null;
}

async function fieldsOf(
  answer: Promise<Uint8Array | Refusal>,
  count: number,
): Promise<readonly Uint8Array[] | Refusal> {
  const given = await answer;
  return isRefusal(given) ? given : decodeFields(given, count);
}

const NOTHING = new Uint8Array();

export class ChipCardClient {
  readonly #card: CardConnection;

  constructor(card: CardConnection) {
    this.#card = card;
  }

  select(): Promise<Refusal | null> {
    return done(send(this.#card, 'SELECT', APPLICATION_ID));
  }

  verifyPin(owner: PinOwner, pin: string): Promise<Refusal | null> {
    return done(sendTo(this.#card, 'VERIFY', { ...INSTRUCTIONS.VERIFY, p2: PIN_OWNERS[owner], data: ascii(pin) }));
  }

  putApproverSet(setup: CardSetup): Promise<Refusal | null> {
    const { genesis, approverSet, leaseKeySpki, identityCaSpki, organization } = setup;
    return done(
      send(
        this.#card,
        'PUT_APPROVER_SET',
        encodeFields(genesis, approverSet, leaseKeySpki, identityCaSpki, ascii(organization)),
      ),
    );
  }

  async generateKey(): Promise<KeyBirth | Refusal> {
    const fields = await fieldsOf(send(this.#card, 'GENERATE_KEY', NOTHING), 5);
    if (isRefusal(fields)) return fields;
    const [spki = NOTHING, birth = NOTHING, birthSignature = NOTHING, deviceSpki = NOTHING, deviceSignature = NOTHING] =
      fields;
    return { spki, birth, birthSignature, deviceSpki, deviceSignature };
  }

  putCertificate(cardCa: Uint8Array): Promise<Refusal | null> {
    return done(send(this.#card, 'PUT_CERTIFICATE', cardCa));
  }

  activate(): Promise<Refusal | null> {
    return done(send(this.#card, 'ACTIVATE', NOTHING));
  }

  presentOrder(bytes: Uint8Array): Promise<Refusal | null> {
    return done(send(this.#card, 'PRESENT_ORDER', bytes));
  }

  /** A person's signature, or what his passkey asserts. */
  presentApproval(proof: Proof): Promise<Refusal | null> {
    return done(send(this.#card, 'PRESENT_APPROVAL', encodeApproval(proof)));
  }

  challenge(): Promise<Uint8Array | Refusal> {
    return send(this.#card, 'GET_CHALLENGE', NOTHING);
  }

  putLease(lease: Uint8Array, signature: Uint8Array): Promise<Refusal | null> {
    return done(send(this.#card, 'PUT_LEASE', encodeFields(lease, signature)));
  }

  /** The certificate (DER) and the log entry that holds both signatures. */
  async signCertificate(request: SignRequest): Promise<{ certificate: Uint8Array; entry: Uint8Array } | Refusal> {
    const { attestation, signature, identity, identityCa, inclusion = NOTHING } = request;
    const data = encodeFields(attestation, signature, identity, identityCa, inclusion);
    const fields = await fieldsOf(send(this.#card, 'SIGN_CERTIFICATE', data), 2);
    if (isRefusal(fields)) return fields;
    const [certificate = NOTHING, entry = NOTHING] = fields;
    return { certificate, entry };
  }

  /** A later set, under the order to adopt it that was presented with its approvals. */
  adoptApproverSet(document: Uint8Array): Promise<Refusal | null> {
    return done(send(this.#card, 'ADOPT_APPROVER_SET', document));
  }

  /** The card CA certificate, DER. */
  certificate(): Promise<Uint8Array | Refusal> {
    return send(this.#card, 'GET_CERTIFICATE', NOTHING);
  }

  /** Signature under the ticket for the module's 32 octets, r‖s: serial, epoch and deployment stand in the order. */
  signReset(nonce: Uint8Array): Promise<Uint8Array | Refusal> {
    return send(this.#card, 'SIGN_RESET', nonce);
  }

  archiveLog(statement: Uint8Array, signature: Uint8Array): Promise<Refusal | null> {
    return done(send(this.#card, 'ARCHIVE_LOG', encodeFields(statement, signature)));
  }

  /** Gives the technician a new PIN and all his tries. */
  unblock(pin: string): Promise<Refusal | null> {
    return done(send(this.#card, 'UNBLOCK', ascii(pin)));
  }

  /** For ever: the card erases its signing key. */
  block(): Promise<Refusal | null> {
    return done(send(this.#card, 'BLOCK', NOTHING));
  }

  readLog(number: number): Promise<Uint8Array | Refusal> {
    return send(this.#card, 'READ_LOG', Uint8Array.of((number >> 8) & 0xff, number & 0xff));
  }

  /** Log number and head, signed by the card's log key over the caller's 16 octets. */
  async signLogHead(nonce: Uint8Array): Promise<{ statement: Uint8Array; signature: Uint8Array } | Refusal> {
    const fields = await fieldsOf(send(this.#card, 'SIGN_LOG_HEAD', nonce), 2);
    if (isRefusal(fields)) return fields;
    const [statement = NOTHING, signature = NOTHING] = fields;
    return { statement, signature };
  }

  async status(): Promise<CardStatus | Refusal> {
    const answer = await send(this.#card, 'GET_STATUS', NOTHING);
    if (isRefusal(answer)) return answer;
    try {
      const from = new OctetReader(answer);
      const text = () => Buffer.from(from.short()).toString('latin1');
      return { life: text(), card: text(), logNumber: from.safe64(), capacity: from.safe64(), head: from.take(32) };
    } catch (error) {
      if (error instanceof Truncated) return refuse('CARD_SILENT', 'The card gave a status that cannot be read.');
      throw error;
    }
  }
}
