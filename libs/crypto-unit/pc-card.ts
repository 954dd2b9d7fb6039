/**
 * A crypto unit as a PC Card, PCMCIA (S13f): an I/O window of three registers behind a socket that carries the bus cycles.
 * A cycle is `01 register count(2) octets…` to write, `00 register count(2)` to read. In the data register stand blocks of T=1.
 */
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { concat, u16, u8 } from '#libs/kernel/bytes.ts';
import type { Wire } from './driver.ts';
import { OctetStream } from './octet-stream.ts';
import { BlockEnd, type BlockLink } from './t1.ts';

export const CYCLE = { READ: 0, WRITE: 1 } as const;
/** STATUS tells in two octets how many octets wait; CONTROL takes 1 for power and 0 for none; DATA is first in, first out. */
export const REGISTER = { STATUS: 0, CONTROL: 1, DATA: 2 } as const;

const POLL_MS = 1;
const PATIENCE_MS = 30_000;

/** A card in a PC Card slot at the other end of the wire. */
export function pcCardReader(connect: Wire): CardReader {
  return {
    powerOn: async () => {
      const window = new Window(new OctetStream(await connect()));
      await window.write(REGISTER.CONTROL, u8(1));
      const end = new BlockEnd(window.blocks);
      return {
        transmit: async (apdu) => {
          await end.send(apdu);
          return end.receive();
        },
        powerOff: async () => {
          await window.write(REGISTER.CONTROL, u8(0)).catch(() => undefined); // already without power
          window.end();
        },
      };
    },
  };
}

class Window {
  readonly #stream: OctetStream;

  constructor(stream: OctetStream) {
    this.#stream = stream;
  }

  write(register: number, octets: Uint8Array): Promise<void> {
    return this.#stream.write(concat(u8(CYCLE.WRITE), u8(register), u16(octets.length), octets));
  }

  async read(register: number, count: number): Promise<Uint8Array> {
    await this.#stream.write(concat(u8(CYCLE.READ), u8(register), u16(count)));
    return this.#stream.take(count);
  }

  readonly blocks: BlockLink = {
    write: (block) => this.write(REGISTER.DATA, block),
    read: async () => {
      const front = await this.#waited(3);
      return concat(front, await this.#waited((front[2] ?? 0) + 1));
    },
  };

  /** Polls the status until so many octets wait. */
  async #waited(count: number): Promise<Uint8Array> {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
      const [high = 0, low = 0] = await this.read(REGISTER.STATUS, 2);
      if (high * 256 + low >= count) return this.read(REGISTER.DATA, count);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new CardGone('the PC Card does not answer');
  }

  end(): void {
    this.#stream.end();
  }
}
