/** The chip card: power, a table of commands, and a memory that outlives both. */
import { type Command, type Response, decodeCommand, encodeResponse } from '#libs/chip-card-protocol/apdu.ts';
import { INSTRUCTIONS, type Instruction, STATUS } from '#libs/chip-card-protocol/commands.ts';
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { judge } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { joined } from './chain.ts';
import { PublicAltered } from '../public-outside.ts';
import { activate } from './commands/activate.ts';
import { adoptApproverSet } from './commands/adopt-approver-set.ts';
import { archiveLog } from './commands/archive-log.ts';
import { block } from './commands/block.ts';
import { generateKey } from './commands/generate-key.ts';
import { getCertificate } from './commands/get-certificate.ts';
import { getChallenge } from './commands/get-challenge.ts';
import { getStatus } from './commands/get-status.ts';
import { presentApproval } from './commands/present-approval.ts';
import { presentOrder } from './commands/present-order.ts';
import { putApproverSet } from './commands/put-approver-set.ts';
import { putCertificate } from './commands/put-certificate.ts';
import { putLease } from './commands/put-lease.ts';
import { readLog } from './commands/read-log.ts';
import { select } from './commands/select.ts';
import { signCertificate } from './commands/sign-certificate.ts';
import { signLogHead } from './commands/sign-log-head.ts';
import { signReset } from './commands/sign-reset.ts';
import { unblock } from './commands/unblock.ts';
import { verify } from './commands/verify.ts';
import { type Card, type CardCommand, no, ok } from './context.ts';
import { KeyUnavailable, type SigningKeys, keysInside } from './keys.ts';
import { type CardLaws, cardLaws } from './law.ts';
import { complete } from './log.ts';
import type { CardMemory } from './memory.ts';
import { CardSession } from './session.ts';

const COMMANDS: Readonly<Record<Instruction, CardCommand>> = {
  SELECT: select,
  VERIFY: verify,
  GET_STATUS: getStatus,
  PUT_APPROVER_SET: putApproverSet,
  GENERATE_KEY: generateKey,
  PUT_CERTIFICATE: putCertificate,
  ACTIVATE: activate,
  PRESENT_ORDER: presentOrder,
  PRESENT_APPROVAL: presentApproval,
  GET_CHALLENGE: getChallenge,
  PUT_LEASE: putLease,
  SIGN_CERTIFICATE: signCertificate,
  READ_LOG: readLog,
  SIGN_LOG_HEAD: signLogHead,
  ADOPT_APPROVER_SET: adoptApproverSet,
  GET_CERTIFICATE: getCertificate,
  SIGN_RESET: signReset,
  ARCHIVE_LOG: archiveLog,
  UNBLOCK: unblock,
  BLOCK: block,
};

/** Where the card's memory lies; `write` is durable before it returns. */
export interface CardImage {
  readonly read: () => CardMemory;
  readonly write: (next: CardMemory) => void;
}

export class ChipCard implements CardReader {
  readonly #image: CardImage;
  readonly #laws: CardLaws;
  readonly #keys: SigningKeys;

  /** `laws` other than the default exist for the attack suite alone; with keys outside it is an agent, not a card. */
  constructor(image: CardImage, laws: CardLaws = cardLaws, keys: SigningKeys = keysInside) {
    this.#image = image;
    this.#laws = laws;
    this.#keys = keys;
  }

  /** A reservation that a loss of power left behind is finished before the first command. */
  powerOn(): Promise<CardConnection> {
    const session = new CardSession();
    const image = this.#image;
    const card: Card = {
      get memory() {
        return image.read();
      },
      remember: (next) => image.write(next),
      session,
      laws: this.#laws,
      keys: this.#keys,
      random: randomOctets,
    };
    let powered = finished(card);
    return Promise.resolve({
      transmit: (apdu) => Promise.resolve(powered ? transmit(card, apdu) : new Uint8Array()),
      powerOff: () => {
        powered = false;
        return Promise.resolve();
      },
    });
  }
}

/**
 * False where a key outside is not there to finish with: such an agent stays mute until its next power-on. With its public
 * octets altered the card finishes nothing, and every command says so.
 */
function finished(card: Card): boolean {
  try {
    if (card.memory.reserved !== null) complete(card);
    return true;
  } catch (error) {
    if (error instanceof PublicAltered) return true;
    if (error instanceof KeyUnavailable) return false;
    throw error;
  }
}

function transmit(card: Card, apdu: Uint8Array): Uint8Array {
  const link = decodeCommand(apdu);
  if (isRefusal(link)) return encodeResponse(no(STATUS.WRONG_LENGTH, link.code));
  const command = joined(card.session, link);
  if (command === 'broken') return encodeResponse(no(STATUS.CHAIN_BROKEN, 'CHAIN_BROKEN'));
  if (command === 'more') return encodeResponse(ok());
  try {
    return encodeResponse(answerTo(card, command));
  } catch (error) {
    if (error instanceof PublicAltered) return encodeResponse(no(STATUS.MEMORY_FAILURE, 'PUBLIC_ALTERED'));
    if (error instanceof KeyUnavailable) return encodeResponse(no(STATUS.NO_DIAGNOSIS, error.code));
    throw error;
  }
}

function answerTo(card: Card, command: Command): Response {
  const instruction = instructionOf(command);
  if (typeof instruction !== 'string') return instruction;
  if (!card.session.selected && instruction !== 'SELECT')
    return no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPLICATION_NOT_SELECTED');
  const { life } = card.memory;
  const refusal = judge(card.laws.access, { instruction, life, verified: card.session.verified });
  if (refusal !== null) return no(STATUS.SECURITY_NOT_SATISFIED, refusal.code);
  return COMMANDS[instruction](card, command);
}

/** VERIFY carries the owner of the PIN in P2; PUT DATA and PSO tell their commands apart by P1 and P2. */
function instructionOf({ cla, ins, p1, p2 }: Command): Instruction | Response {
  const rows = (Object.keys(INSTRUCTIONS) as Instruction[]).map((name) => ({ name, row: INSTRUCTIONS[name] }));
  const ofClass = rows.filter(({ row }) => row.cla === cla);
  if (ofClass.length === 0) return no(STATUS.CLASS_UNKNOWN, 'CLASS_UNKNOWN');
  const named = ofClass.filter(({ row }) => row.ins === ins);
  if (named.length === 0) return no(STATUS.INSTRUCTION_UNKNOWN, 'INSTRUCTION_UNKNOWN');
  const found = named.find(({ name, row }) => row.p1 === p1 && (row.p2 === p2 || name === 'VERIFY'));
  return found?.name ?? no(STATUS.WRONG_PARAMETERS, 'PARAMETERS_UNKNOWN');
}
