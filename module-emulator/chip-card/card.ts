/** The chip card: power, a table of commands, and a memory that outlives both. */
import { decodeCommand, encodeResponse } from '#libs/chip-card-protocol/apdu.ts';
import { INSTRUCTIONS, type Instruction, STATUS } from '#libs/chip-card-protocol/commands.ts';
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { judge } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { activate } from './commands/activate.ts';
import { generateKey } from './commands/generate-key.ts';
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
import { verify } from './commands/verify.ts';
import { type Card, type CardCommand, no } from './context.ts';
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

/** False where a key outside is not there to finish with: such an agent stays mute until its next power-on. */
function finished(card: Card): boolean {
  if (card.memory.reserved === null) return true;
  try {
    complete(card);
    return true;
  } catch (error) {
    if (error instanceof KeyUnavailable) return false;
    throw error;
  }
}

function transmit(card: Card, apdu: Uint8Array): Uint8Array {
  try {
    return answer(card, apdu);
  } catch (error) {
    if (error instanceof KeyUnavailable) return encodeResponse(no(STATUS.NO_DIAGNOSIS, error.code));
    throw error;
  }
}

function answer(card: Card, apdu: Uint8Array): Uint8Array {
  const command = decodeCommand(apdu);
  if (isRefusal(command)) return encodeResponse(no(STATUS.WRONG_LENGTH, command.code));
  const instruction = instructionOf(command.cla, command.ins, command.p1, command.p2);
  if (instruction === null) return encodeResponse(no(STATUS.INSTRUCTION_UNKNOWN, 'INSTRUCTION_UNKNOWN'));
  if (!card.session.selected && instruction !== 'SELECT')
    return encodeResponse(no(STATUS.CONDITIONS_NOT_SATISFIED, 'APPLICATION_NOT_SELECTED'));
  const refusal = judge(card.laws.access, {
    instruction,
    life: card.memory.life,
    verified: card.session.verified,
  });
  if (refusal !== null) return encodeResponse(no(STATUS.SECURITY_NOT_SATISFIED, refusal.code));
  return encodeResponse(COMMANDS[instruction](card, command));
}

/** VERIFY carries the owner of the PIN in P2; PUT DATA and PSO tell their commands apart by P1 and P2. */
function instructionOf(cla: number, ins: number, ...[p1, p2]: readonly number[]): Instruction | null {
  const names = Object.keys(INSTRUCTIONS) as Instruction[];
  const found = names.find((name) => {
    const row = INSTRUCTIONS[name];
    return row.cla === cla && row.ins === ins && row.p1 === p1 && (row.p2 === p2 || name === 'VERIFY');
  });
  return found ?? null;
}
