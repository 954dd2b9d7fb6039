/**
 * Asynchronous packets of FireWire (IEEE 1394-1995 §6.2), big endian: a head of three quadlets or four, its CRC, and for
 * blocks the data in whole quadlets with a CRC of their own. A packet that arrives broken ends the connection.
 */
import { crc32 } from 'node:zlib';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { concat, u32 } from '#libs/kernel/bytes.ts';
import type { OctetStream } from './octet-stream.ts';

export const TRANSACTION = {
  WRITE_QUADLET: 0,
  WRITE_BLOCK: 1,
  WRITE_DONE: 2,
  READ_QUADLET: 4,
  READ_BLOCK: 5,
  QUADLET_READ: 6,
  BLOCK_READ: 7,
} as const;

/** Longest block at 400 Mbit/s. */
export const BLOCK_MAX = 2048;
export const COMPLETE = 0;
export const ADDRESS_ERROR = 7;

export interface Packet {
  readonly transaction: number;
  /** 0 to 63: an answer has that of its request. */
  readonly label: number;
  /** Offset in the unit's registers; of an answer its response code. */
  readonly at: number;
  /** Quadlet data, or the length of the block that is asked for. */
  readonly value: number;
  readonly data: Uint8Array;
}

/** Transactions whose head ends with a fourth quadlet, and those that carry a block. */
const WITH_FOURTH: ReadonlySet<number> = new Set([0, 1, 5, 6, 7]);
const WITH_BLOCK: ReadonlySet<number> = new Set([1, 7]);
const IS_BLOCK_LENGTH: ReadonlySet<number> = new Set([1, 5, 7]);
const IS_ANSWER: ReadonlySet<number> = new Set([2, 6, 7]);

/** Bus and node of unit and host: one bus, two nodes. Registers lie in the unit's own space. */
const [NODE_UNIT, NODE_HOST, REGISTERS_HIGH] = [0xffc0, 0xffc1, 0xffff];

export function encodePacket({ transaction, label, at, value, data }: Packet): Uint8Array {
  const isAnswer = IS_ANSWER.has(transaction);
  const [to, from] = isAnswer ? [NODE_HOST, NODE_UNIT] : [NODE_UNIT, NODE_HOST];
  const head = concat(
    u32(to * 0x10000 + label * 0x400 + transaction * 0x10),
    u32(from * 0x10000 + (isAnswer ? at * 0x1000 : REGISTERS_HIGH)),
    u32(isAnswer ? 0 : at),
    WITH_FOURTH.has(transaction) ? u32(IS_BLOCK_LENGTH.has(transaction) ? value * 0x10000 : value) : new Uint8Array(),
  );
  if (!WITH_BLOCK.has(transaction)) return concat(head, u32(crc32(head)));
  const padded = concat(data, new Uint8Array((4 - (data.length % 4)) % 4));
  return concat(head, u32(crc32(head)), padded, u32(crc32(padded)));
}

/** Rejects with CardGone where the stream ends or a packet does not hold. */
export async function takePacket(stream: OctetStream, waitMs?: number | null): Promise<Packet> {
  const first = await stream.take(12, waitMs);
  const transaction = (quadlet(first, 0) >>> 4) & 0xf;
  const fourth = WITH_FOURTH.has(transaction) ? await stream.take(4) : new Uint8Array();
  const head = concat(first, fourth);
  await checked(stream, head);
  const own = fourth.length === 0 ? 0 : quadlet(fourth, 0);
  const value = IS_BLOCK_LENGTH.has(transaction) ? own >>> 16 : own;
  const isAnswer = IS_ANSWER.has(transaction);
  const at = isAnswer ? (quadlet(head, 4) >>> 12) & 0xf : quadlet(head, 8);
  const label = (quadlet(head, 0) >>> 10) & 0x3f;
  if (!WITH_BLOCK.has(transaction)) return { transaction, label, at, value, data: new Uint8Array() };
  if (value > BLOCK_MAX) throw new CardGone('a FireWire packet is too long');
  const padded = await stream.take(Math.ceil(value / 4) * 4);
  await checked(stream, padded);
  return { transaction, label, at, value, data: padded.slice(0, value) };
}

function quadlet(octets: Uint8Array, offset: number): number {
  return Buffer.from(octets).readUInt32BE(offset);
}

async function checked(stream: OctetStream, octets: Uint8Array): Promise<void> {
  if (quadlet(await stream.take(4), 0) !== crc32(octets)) throw new CardGone('a FireWire packet arrived broken');
}
