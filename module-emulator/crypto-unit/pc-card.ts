/** A crypto unit in a PC Card slot, emulated: its I/O window, and behind it the card's end of T=1. */
import type { Duplex } from 'node:stream';
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { OctetStream } from '#libs/crypto-unit/octet-stream.ts';
import { CYCLE, REGISTER } from '#libs/crypto-unit/pc-card.ts';
import { BlockEnd } from '#libs/crypto-unit/t1.ts';
import { concat, u16 } from '#libs/kernel/bytes.ts';

/** Serves bus cycles until the slot is empty; the card loses its power then. */
export async function answerPcCard(card: CardReader, socket: Duplex): Promise<void> {
  const stream = new OctetStream(socket);
  const unit = new PcCard(card);
  try {
    for (;;) {
      const [kind = 0, register = 0, high = 0, low = 0] = await stream.take(4, null);
      const count = high * 256 + low;
      if (kind === CYCLE.WRITE) await unit.write(register, await stream.take(count));
      else await stream.write(unit.read(register, count));
    }
  } catch {
    await unit.off(); // pulled out
  }
}

class PcCard {
  readonly #card: CardReader;
  #inserted: CardConnection | null = null;
  /** Octets on their way to the card, and those that wait for the host. */
  #toCard = Buffer.alloc(0);
  #toHost = Buffer.alloc(0);
  #wake: (() => void) | null = null;

  constructor(card: CardReader) {
    this.#card = card;
  }

  async write(register: number, octets: Uint8Array): Promise<void> {
    if (register === REGISTER.CONTROL) return octets[0] === 1 ? this.#on() : this.off();
    if (register !== REGISTER.DATA || this.#inserted === null) return;
    this.#toCard = Buffer.concat([this.#toCard, octets]);
    this.#wake?.();
  }

  read(register: number, count: number): Uint8Array {
    if (register === REGISTER.STATUS) return u16(this.#toHost.length).slice(0, count);
    const octets = Buffer.alloc(count);
    if (register === REGISTER.DATA) octets.set(this.#toHost.subarray(0, count));
    if (register === REGISTER.DATA) this.#toHost = this.#toHost.subarray(count);
    return Uint8Array.from(octets);
  }

  async off(): Promise<void> {
    const held = this.#inserted;
    this.#inserted = null;
    this.#toCard = this.#toHost = Buffer.alloc(0);
    this.#wake?.();
    await held?.powerOff();
  }

  async #on(): Promise<void> {
    await this.off();
    const inserted = await this.#card.powerOn();
    this.#inserted = inserted;
    void this.#serve(inserted);
  }

  /** The card's side: a command by its blocks, then the answer by its own. */
  async #serve(inserted: CardConnection): Promise<void> {
    const end = new BlockEnd({
      write: (block) => {
        this.#toHost = Buffer.concat([this.#toHost, block]);
        return Promise.resolve();
      },
      read: async () => {
        const front = await this.#taken(inserted, 3);
        return concat(front, await this.#taken(inserted, (front[2] ?? 0) + 1));
      },
    });
    try {
      while (this.#inserted === inserted) await end.send(await inserted.transmit(await end.receive()));
    } catch (error) {
      if (!(error instanceof CardGone)) throw error;
    }
  }

  async #taken(inserted: CardConnection, count: number): Promise<Uint8Array> {
    while (this.#toCard.length < count) {
      if (this.#inserted !== inserted) throw new CardGone('without power');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = Uint8Array.from(this.#toCard.subarray(0, count));
    this.#toCard = this.#toCard.subarray(count);
    return taken;
  }
}
