/** A crypto unit on FireWire, emulated: the card behind power, bell, answer and buffer of its address space. */
import type { Duplex } from 'node:stream';
import { DATA_MAX } from '#libs/chip-card-protocol/apdu.ts';
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import { BUSY, REGISTER } from '#libs/crypto-unit/firewire.ts';
import { OctetStream } from '#libs/crypto-unit/octet-stream.ts';
import {
  ADDRESS_ERROR,
  COMPLETE,
  type Packet,
  TRANSACTION,
  encodePacket,
  takePacket,
} from '#libs/crypto-unit/packets.ts';

/** A command APDU with everything around its data. */
const BUFFER_OCTETS = DATA_MAX + 16;
const NOTHING = new Uint8Array();

/** Answers transactions until the bus is reset; the card loses its power then. */
export async function answerFireWire(card: CardReader, socket: Duplex): Promise<void> {
  const stream = new OctetStream(socket);
  const unit = new FireWireUnit(card);
  try {
    for (;;) await stream.write(encodePacket(await unit.answer(await takePacket(stream, null))));
  } catch {
    await unit.off(); // unplugged
  }
}

class FireWireUnit {
  readonly #card: CardReader;
  #inserted: CardConnection | null = null;
  readonly #buffer = Buffer.alloc(BUFFER_OCTETS);
  #answer = 0;

  constructor(card: CardReader) {
    this.#card = card;
  }

  async off(): Promise<void> {
    await this.#inserted?.powerOff();
    this.#inserted = null;
  }

  async answer({ transaction, label, at, value, data }: Packet): Promise<Packet> {
    const refused = { transaction: TRANSACTION.WRITE_DONE, label, at: ADDRESS_ERROR, value: 0, data: NOTHING };
    const done = { ...refused, at: COMPLETE };
    const offset = at - REGISTER.BUFFER;
    const fits = offset >= 0 && offset + value <= BUFFER_OCTETS;
    switch (transaction) {
      case TRANSACTION.WRITE_QUADLET:
        return (await this.#wrote(at, value)) ? done : refused;
      case TRANSACTION.WRITE_BLOCK:
        if (fits) this.#buffer.set(data, offset);
        return fits ? done : refused;
      case TRANSACTION.READ_QUADLET:
        if (at !== REGISTER.ANSWER) return refused;
        return { ...done, transaction: TRANSACTION.QUADLET_READ, value: this.#answer };
      case TRANSACTION.READ_BLOCK: {
        if (!fits) return refused;
        const read = Uint8Array.from(this.#buffer.subarray(offset, offset + value));
        return { ...done, transaction: TRANSACTION.BLOCK_READ, value, data: read };
      }
      default:
        return refused;
    }
  }

  async #wrote(at: number, value: number): Promise<boolean> {
    if (at === REGISTER.POWER) {
      await this.off();
      if (value === 1) this.#inserted = await this.#card.powerOn();
      return true;
    }
    if (at !== REGISTER.BELL || this.#inserted === null || value > BUFFER_OCTETS) return false;
    this.#answer = BUSY;
    const command = Uint8Array.from(this.#buffer.subarray(0, value));
    void this.#inserted.transmit(command).then((answer) => {
      this.#buffer.set(answer);
      this.#answer = answer.length;
    });
    return true;
  }
}
