/** A crypto unit on USB, emulated: the card behind the bulk pipes of a CCID reader. */
import type { Duplex } from 'node:stream';
import { ANSWER_TO_RESET } from '#libs/chip-card-protocol/commands.ts';
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import {
  CCID,
  CHAIN,
  type CcidMessage,
  FAILED,
  chained,
  encodeCcid,
  isLast,
  takeCcid,
} from '#libs/crypto-unit/ccid.ts';
import { OctetStream } from '#libs/crypto-unit/octet-stream.ts';
import { concat } from '#libs/kernel/bytes.ts';

/** Answers until the host is gone; the card loses its power then. */
export async function answerUsb(card: CardReader, socket: Duplex): Promise<void> {
  const stream = new OctetStream(socket);
  const unit = new UsbUnit(card);
  try {
    for (;;) await stream.write(encodeCcid(await unit.answer(await takeCcid(stream, null))));
  } catch {
    await unit.off(); // unplugged
  }
}

const NOTHING = new Uint8Array();

interface Part {
  readonly part: Uint8Array;
  readonly chain: number;
}

class UsbUnit {
  readonly #card: CardReader;
  #inserted: CardConnection | null = null;
  #command: Uint8Array = NOTHING;
  #answers: readonly Part[] = [];

  constructor(card: CardReader) {
    this.#card = card;
  }

  async off(): Promise<void> {
    await this.#inserted?.powerOff();
    [this.#inserted, this.#command, this.#answers] = [null, NOTHING, []];
  }

  async answer(asked: CcidMessage): Promise<CcidMessage> {
    const { sequence } = asked;
    if (asked.type === CCID.POWER_OFF) {
      await this.off();
      return { type: CCID.SLOT, sequence, own: [1, 0, 0], data: NOTHING };
    }
    if (asked.type === CCID.POWER_ON) {
      await this.off();
      this.#inserted = await this.#card.powerOn();
      return { type: CCID.DATA, sequence, own: [0, 0, CHAIN.WHOLE], data: ANSWER_TO_RESET };
    }
    const part = asked.type === CCID.TRANSFER ? await this.#transfer(asked) : null;
    if (part === null) return { type: CCID.SLOT, sequence, own: [FAILED, 0, 0], data: NOTHING };
    return { type: CCID.DATA, sequence, own: [0, 0, part.chain], data: part.part };
  }

  async #transfer({ own: [, level], data }: CcidMessage): Promise<Part | null> {
    if (this.#inserted === null) return null;
    if (level !== CHAIN.MORE) {
      const begins = level === CHAIN.WHOLE || level === CHAIN.BEGINS;
      this.#command = begins ? data : concat(this.#command, data);
      if (!isLast(level)) return { part: NOTHING, chain: CHAIN.MORE };
      this.#answers = chained(await this.#inserted.transmit(this.#command));
    }
    const [next, ...rest] = this.#answers;
    this.#answers = rest;
    return next ?? null;
  }
}
