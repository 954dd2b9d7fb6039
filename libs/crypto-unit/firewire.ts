/**
 * A crypto unit on FireWire (S13g): registers in its address space. Power is written, the command goes into a buffer by
 * blocks, its length rings the bell; the answer's length is read until it is there, and then the answer by blocks.
 */
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { concat } from '#libs/kernel/bytes.ts';
import type { Wire } from './driver.ts';
import { OctetStream } from './octet-stream.ts';
import { BLOCK_MAX, COMPLETE, type Packet, TRANSACTION, encodePacket, takePacket } from './packets.ts';

export const REGISTER = { POWER: 0xf0000800, BELL: 0xf0000804, ANSWER: 0xf0000808, BUFFER: 0xf0010000 } as const;
/** What ANSWER says while the card works. */
export const BUSY = 0xffffffff;

const POLL_MS = 1;
const PATIENCE_MS = 30_000;
const NOTHING = new Uint8Array();

/** A card in a FireWire unit at the other end of the wire. */
export function fireWireReader(connect: Wire): CardReader {
  return {
    powerOn: async () => {
      const bus = new Bus(new OctetStream(await connect()));
      await bus.write(REGISTER.POWER, 1);
      return {
        transmit: (apdu) => transmit(bus, apdu),
        powerOff: async () => {
          await bus.write(REGISTER.POWER, 0).catch(() => undefined); // already without power
          bus.end();
        },
      };
    },
  };
}

async function transmit(bus: Bus, apdu: Uint8Array): Promise<Uint8Array> {
  for (let at = 0; at < apdu.length; at += BLOCK_MAX)
    await bus.writeBlock(REGISTER.BUFFER + at, apdu.slice(at, at + BLOCK_MAX));
  await bus.write(REGISTER.BELL, apdu.length);
  const length = await answered(bus);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < length; at += BLOCK_MAX)
    parts.push(await bus.readBlock(REGISTER.BUFFER + at, Math.min(BLOCK_MAX, length - at)));
  return concat(...parts);
}

async function answered(bus: Bus): Promise<number> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    const length = await bus.read(REGISTER.ANSWER);
    if (length !== BUSY) return length;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new CardGone('the FireWire unit does not answer');
}

class Bus {
  readonly #stream: OctetStream;
  #label = 0;

  constructor(stream: OctetStream) {
    this.#stream = stream;
  }

  async write(at: number, value: number): Promise<void> {
    await this.#ask({ transaction: TRANSACTION.WRITE_QUADLET, at, value, data: NOTHING });
  }

  async writeBlock(at: number, data: Uint8Array): Promise<void> {
    await this.#ask({ transaction: TRANSACTION.WRITE_BLOCK, at, value: data.length, data });
  }

  async read(at: number): Promise<number> {
    return (await this.#ask({ transaction: TRANSACTION.READ_QUADLET, at, value: 0, data: NOTHING })).value;
  }

  async readBlock(at: number, length: number): Promise<Uint8Array> {
    return (await this.#ask({ transaction: TRANSACTION.READ_BLOCK, at, value: length, data: NOTHING })).data;
  }

  async #ask(request: Omit<Packet, 'label'>): Promise<Packet> {
    const label = (this.#label = (this.#label + 1) & 0x3f);
    await this.#stream.write(encodePacket({ ...request, label }));
    const answer = await takePacket(this.#stream);
    if (answer.label !== label || answer.at !== COMPLETE)
      throw new CardGone('the FireWire unit refuses the transaction');
    return answer;
  }

  end(): void {
    this.#stream.end();
  }
}
