/**
 * The messages of pcscd on its local socket, as its own client library sends them (pcsc-lite, winscard_msg.h, protocol 4):
 * a head of size and command, then a structure of 32-bit numbers in the machine's order; the answer is that structure.
 */
import { concat } from '#libs/kernel/bytes.ts';

export const PCSC = {
  ESTABLISH: 0x01,
  CONNECT: 0x04,
  DISCONNECT: 0x06,
  TRANSMIT: 0x09,
  VERSION: 0x11,
  READERS: 0x12,
} as const;

/** The version whose structures these are: pcsc-lite 1.9. */
export const PCSC_VERSION = { major: 4, minor: 4 } as const;

const NAME_OCTETS = 128;
const ATR_OCTETS = 33;
const READER_OCTETS = NAME_OCTETS + 12 + ATR_OCTETS + 3 + 8;
const READERS_MAX = 16;
/** Answer of READERS: a table of that many, empty names where there is none. */
export const READERS_OCTETS = READER_OCTETS * READERS_MAX;

const CARD_PRESENT = 0x0004;

export interface PcscReader {
  readonly name: string;
  readonly cardPresent: boolean;
  readonly atr: Uint8Array;
}

export function numbers(...values: readonly number[]): Uint8Array {
  const octets = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => octets.writeUInt32LE(value >>> 0, at * 4));
  return Uint8Array.from(octets);
}

export function numberAt(octets: Uint8Array, offset: number): number {
  return Buffer.from(octets).readUInt32LE(offset);
}

export function pcscMessage(command: number, body: Uint8Array): Uint8Array {
  return concat(numbers(body.length, command), body);
}

/** Name of a reader, ASCII, closed by zeros. Throws RangeError on one that is too long. */
export function readerName(name: string): Uint8Array {
  if (name.length >= NAME_OCTETS) throw new RangeError(`a reader's name has at most ${NAME_OCTETS - 1} characters`);
  const octets = new Uint8Array(NAME_OCTETS);
  octets.set(Buffer.from(name, 'latin1'));
  return octets;
}

export function readersOf(table: Uint8Array): readonly PcscReader[] {
  const at = Array.from({ length: READERS_MAX }, (_, index) => table.slice(index * READER_OCTETS));
  return at.map(readerOf).filter(({ name }) => name !== '');
}

function readerOf(row: Uint8Array): PcscReader {
  const name = Buffer.from(row.slice(0, NAME_OCTETS)).toString('latin1').split('\0')[0] ?? '';
  const length = Math.min(ATR_OCTETS, numberAt(row, NAME_OCTETS + 12 + ATR_OCTETS + 3));
  const atr = row.slice(NAME_OCTETS + 12, NAME_OCTETS + 12 + length);
  return { name, cardPresent: (numberAt(row, NAME_OCTETS + 4) & CARD_PRESENT) !== 0, atr };
}
