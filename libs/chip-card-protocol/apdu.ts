/** Command and response APDUs (ISO 7816-4 §5): short and extended lengths, nothing else, bounded. */
import { OctetReader, Truncated, concat, u16, u8 } from '#libs/kernel/bytes.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { CLA_CHAINED } from './commands.ts';

/** Longest command data in one APDU; longer data goes as a chain. */
export const DATA_MAX = 8192;

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
}

export interface Response {
  readonly data: Uint8Array;
  /** Status word: two octets, 0x9000 is success. */
  readonly status: number;
}

/** Case 3 or 4, extended length when the data needs it; Le asks for all there is. */
export function encodeCommand(command: Command): Uint8Array {
  const head = Uint8Array.of(command.cla, command.ins, command.p1, command.p2);
  const { length } = command.data;
  if (length === 0) return concat(head, Uint8Array.of(0));
  if (length <= 255) return concat(head, u8(length), command.data, Uint8Array.of(0));
  if (length > DATA_MAX) throw new RangeError(`a command carries at most ${DATA_MAX} octets`);
  return concat(head, u8(0), u16(length), command.data, Uint8Array.of(0, 0));
}

/** One command, or the links of a chain (ISO 7816-4 §5.3.3): every link but the last says that more follows. */
export function encodeChain(command: Command): readonly Uint8Array[] {
  const { data, cla } = command;
  const links = Math.max(1, Math.ceil(data.length / DATA_MAX));
  return Array.from({ length: links }, (_, at) =>
    encodeCommand({
      ...command,
      cla: at < links - 1 ? cla | CLA_CHAINED : cla,
      data: data.slice(at * DATA_MAX, (at + 1) * DATA_MAX),
    }),
  );
}

const MALFORMED = refuse('APDU_MALFORMED', 'The command is no APDU of ISO 7816-4: its lengths do not fit.');

/** Reads a command; lengths must fit to the octet. */
export function decodeCommand(octets: Uint8Array): Command | Refusal {
  const from = new OctetReader(octets);
  try {
    const [cla, ins, p1, p2] = [from.u8(), from.u8(), from.u8(), from.u8()];
    const data = commandData(from);
    return data === null ? MALFORMED : { cla, ins, p1, p2, data };
  } catch (error) {
    if (error instanceof Truncated) return MALFORMED;
    throw error;
  }
}

function commandData(from: OctetReader): Uint8Array | null {
  if (from.left <= 1) return new Uint8Array();
  const first = from.u8();
  if (first !== 0) return endingWithLe(from, first, 1);
  const length = from.u16();
  if (from.left === 0) return new Uint8Array();
  return length === 0 || length > DATA_MAX ? null : endingWithLe(from, length, 2);
}

function endingWithLe(from: OctetReader, length: number, leOctets: number): Uint8Array | null {
  const data = from.take(length);
  return from.left === 0 || from.left === leOctets ? data : null;
}

export function encodeResponse(response: Response): Uint8Array {
  return concat(response.data, u16(response.status));
}

export function decodeResponse(octets: Uint8Array): Response | Refusal {
  if (octets.length < 2) return refuse('CARD_SILENT', 'The card gave no status word; take it out and put it in again.');
  const status = Buffer.from(octets.slice(-2)).readUInt16BE();
  return { data: octets.slice(0, -2), status };
}
