/** The card's commands and answers as numbers: one table of instructions, one of status words (ISO 7816-4 §5.4, §5.6). */
import { ascii } from '#libs/kernel/bytes.ts';

/** Application identifier, proprietary (ISO 7816-5): F0 ‖ "KEYLEDGER1". */
export const APPLICATION_ID = Uint8Array.of(0xf0, ...ascii('KEYLEDGER1'));

/** Answer to reset, direct convention, T=1, historical octets "KEYLEDGER". */
export const ANSWER_TO_RESET = Uint8Array.from([0x3b, 0x89, 0x80, 0x01, ...ascii('KEYLEDGER'), checksum()]);

function checksum(): number {
  return [0x89, 0x80, 0x01, ...ascii('KEYLEDGER')].reduce((sum, octet) => sum ^ octet, 0);
}

/** CLA of a command of its own; ISO for those that have a name there. Bit 5 says that more of the same command follows. */
export const CLA_OWN = 0x80;
export const CLA_ISO = 0x00;
export const CLA_CHAINED = 0x10;

export const INSTRUCTIONS = {
  SELECT: { cla: CLA_ISO, ins: 0xa4, p1: 0x04, p2: 0x00 },
  VERIFY: { cla: CLA_ISO, ins: 0x20, p1: 0x00, p2: 0x00 },
  GET_STATUS: { cla: CLA_OWN, ins: 0xf2, p1: 0x00, p2: 0x00 },
  PUT_APPROVER_SET: { cla: CLA_OWN, ins: 0xda, p1: 0x00, p2: 0x01 },
  GENERATE_KEY: { cla: CLA_OWN, ins: 0x46, p1: 0x00, p2: 0x00 },
  PUT_CERTIFICATE: { cla: CLA_OWN, ins: 0xda, p1: 0x00, p2: 0x02 },
  ACTIVATE: { cla: CLA_OWN, ins: 0x44, p1: 0x00, p2: 0x00 },
  PRESENT_ORDER: { cla: CLA_OWN, ins: 0x2a, p1: 0x00, p2: 0x01 },
  PRESENT_APPROVAL: { cla: CLA_OWN, ins: 0x2a, p1: 0x00, p2: 0x02 },
  GET_CHALLENGE: { cla: CLA_OWN, ins: 0x84, p1: 0x00, p2: 0x00 },
  PUT_LEASE: { cla: CLA_OWN, ins: 0xda, p1: 0x00, p2: 0x03 },
  SIGN_CERTIFICATE: { cla: CLA_OWN, ins: 0x2a, p1: 0x9e, p2: 0x9a },
  READ_LOG: { cla: CLA_OWN, ins: 0xb2, p1: 0x00, p2: 0x00 },
  SIGN_LOG_HEAD: { cla: CLA_OWN, ins: 0x2a, p1: 0x9e, p2: 0x01 },
  ADOPT_APPROVER_SET: { cla: CLA_OWN, ins: 0xda, p1: 0x00, p2: 0x04 },
  GET_CERTIFICATE: { cla: CLA_OWN, ins: 0xca, p1: 0x00, p2: 0x02 },
  SIGN_RESET: { cla: CLA_OWN, ins: 0x2a, p1: 0x9e, p2: 0x02 },
  ARCHIVE_LOG: { cla: CLA_OWN, ins: 0x0c, p1: 0x00, p2: 0x00 },
  UNBLOCK: { cla: CLA_ISO, ins: 0x2c, p1: 0x02, p2: 0x01 },
  BLOCK: { cla: CLA_ISO, ins: 0xfe, p1: 0x00, p2: 0x00 },
} as const;

export type Instruction = keyof typeof INSTRUCTIONS;

/** Who a PIN belongs to: P2 of VERIFY. */
export const PIN_OWNERS = { technician: 0x01, custodian1: 0x02, custodian2: 0x03 } as const;
export type PinOwner = keyof typeof PIN_OWNERS;

export const STATUS = {
  OK: 0x9000,
  MEMORY_FAILURE: 0x6581,
  WRONG_LENGTH: 0x6700,
  CHAIN_BROKEN: 0x6883,
  CONDITIONS_NOT_SATISFIED: 0x6985,
  SECURITY_NOT_SATISFIED: 0x6982,
  PIN_BLOCKED: 0x6983,
  WRONG_DATA: 0x6a80,
  NOT_FOUND: 0x6a83,
  WRONG_PARAMETERS: 0x6a86,
  INSTRUCTION_UNKNOWN: 0x6d00,
  CLASS_UNKNOWN: 0x6e00,
  NO_DIAGNOSIS: 0x6f00,
  PIN_WRONG: 0x63c0,
} as const;
