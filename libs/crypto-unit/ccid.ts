/**
 * A crypto unit on USB (S13g): bulk messages of the CCID class (USB CCID 1.1, §6), extended APDU level. A command or answer
 * that is longer than a message goes in several, each of which says whether it begins, goes on or ends.
 */
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { concat } from '#libs/kernel/bytes.ts';
import type { Wire } from './driver.ts';
import { OctetStream } from './octet-stream.ts';

export const CCID = { POWER_ON: 0x62, POWER_OFF: 0x63, TRANSFER: 0x6f, DATA: 0x80, SLOT: 0x81 } as const;
/** Level and chain parameters: whole, begins, ends, goes on; and an empty message that asks for more. */
export const CHAIN = { WHOLE: 0, BEGINS: 1, ENDS: 2, GOES_ON: 3, MORE: 0x10 } as const;
/** The command failed: bit 6 of bStatus. */
export const FAILED = 0x40;

const HEAD_OCTETS = 10;
/** dwMaxCCIDMessageLength is this and the head. */
export const CCID_DATA_MAX = 1024;

export interface CcidMessage {
  readonly type: number;
  readonly sequence: number;
  /** Three octets that mean something else in each type. */
  readonly own: readonly [number, number, number];
  readonly data: Uint8Array;
}

export function encodeCcid({ type, sequence, own, data }: CcidMessage): Uint8Array {
  const head = Buffer.alloc(HEAD_OCTETS);
  head.writeUInt8(type, 0);
  head.writeUInt32LE(data.length, 1);
  head.writeUInt8(sequence & 0xff, 6); // slot 0 stands before it
  head.set(own, 7);
  return concat(Uint8Array.from(head), data);
}

/** Rejects with CardGone where the stream ends or a message is longer than any may be. */
export async function takeCcid(stream: OctetStream, waitMs?: number | null): Promise<CcidMessage> {
  const head = Buffer.from(await stream.take(HEAD_OCTETS, waitMs));
  const length = head.readUInt32LE(1);
  if (length > CCID_DATA_MAX) throw new CardGone('the USB unit sends a message that is too long');
  const own = [head.readUInt8(7), head.readUInt8(8), head.readUInt8(9)] as const;
  return { type: head.readUInt8(0), sequence: head.readUInt8(6), own, data: await stream.take(length) };
}

/** Cuts data into messages' worth, each with its chain parameter; there is always one. */
export function chained(data: Uint8Array): readonly { readonly part: Uint8Array; readonly chain: number }[] {
  const count = Math.max(1, Math.ceil(data.length / CCID_DATA_MAX));
  return Array.from({ length: count }, (_, at) => ({
    part: data.slice(at * CCID_DATA_MAX, (at + 1) * CCID_DATA_MAX),
    chain: chainOf(at, count),
  }));
}

function chainOf(at: number, count: number): number {
  if (count === 1) return CHAIN.WHOLE;
  if (at === 0) return CHAIN.BEGINS;
  return at === count - 1 ? CHAIN.ENDS : CHAIN.GOES_ON;
}

export function isLast(chain: number): boolean {
  return chain === CHAIN.WHOLE || chain === CHAIN.ENDS;
}

/** A card in a USB unit at the other end of the wire. */
export function ccidReader(connect: Wire): CardReader {
  return {
    powerOn: async () => {
      const host = new Host(new OctetStream(await connect()));
      await host.ask(CCID.POWER_ON, CHAIN.WHOLE);
      return {
        transmit: (apdu) => host.transfer(apdu),
        powerOff: async () => {
          await host.ask(CCID.POWER_OFF, CHAIN.WHOLE).catch(() => undefined); // already without power
          host.end();
        },
      };
    },
  };
}

const NOTHING = new Uint8Array();

class Host {
  readonly #stream: OctetStream;
  #sequence = 0;

  constructor(stream: OctetStream) {
    this.#stream = stream;
  }

  async transfer(apdu: Uint8Array): Promise<Uint8Array> {
    let answer: CcidMessage | null = null;
    for (const { part, chain } of chained(apdu)) answer = await this.ask(CCID.TRANSFER, chain, part);
    const parts: Uint8Array[] = [];
    for (; answer !== null; answer = await this.ask(CCID.TRANSFER, CHAIN.MORE)) {
      parts.push(answer.data);
      if (isLast(answer.own[2])) break;
    }
    return concat(...parts);
  }

  async ask(type: number, chain: number, data: Uint8Array = NOTHING): Promise<CcidMessage> {
    const sequence = (this.#sequence = (this.#sequence + 1) & 0xff);
    await this.#stream.write(encodeCcid({ type, sequence, own: [0, chain, 0], data }));
    const answer = await takeCcid(this.#stream);
    if (answer.sequence !== sequence) throw new CardGone('the USB unit answers another message');
    if ((answer.own[0] & FAILED) !== 0) throw new CardGone('the USB unit reports a failure');
    return answer;
  }

  end(): void {
    this.#stream.end();
  }
}
