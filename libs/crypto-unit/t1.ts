/**
 * Blocks of T=1 (ISO 7816-3 §11): node address, control octet, length, up to 254 octets, and an octet that all others make by
 * exclusive or. A command goes in a chain of blocks; one that arrives broken is asked for again, three times at most.
 */
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';
import { concat } from '#libs/kernel/bytes.ts';

export const BLOCK_DATA_MAX = 254;
const TRIES_MAX = 3;

const [MORE, SEND_SEQUENCE] = [0x20, 0x40];
const [IS_R_OR_S, IS_S, RECEIVE_SEQUENCE, BROKEN] = [0x80, 0x40, 0x10, 0x01];

/** Where blocks go and come from. `read` answers a whole block; it rejects with CardGone at the end. */
export interface BlockLink {
  readonly write: (block: Uint8Array) => Promise<void>;
  readonly read: () => Promise<Uint8Array>;
}

export function encodeBlock(control: number, data: Uint8Array): Uint8Array {
  const block = concat(Uint8Array.of(0, control, data.length), data);
  return concat(block, Uint8Array.of(checkOf(block)));
}

function checkOf(octets: Uint8Array): number {
  return octets.reduce((sum, octet) => sum ^ octet, 0);
}

function isWhole(block: Uint8Array): boolean {
  return block.length >= 4 && block[2] === block.length - 4 && checkOf(block) === 0;
}

/** One end of T=1; both ends are alike. Commands and answers alternate. */
export class BlockEnd {
  readonly #link: BlockLink;
  #sending = 0;
  #expecting = 0;
  #last: Uint8Array = new Uint8Array();

  constructor(link: BlockLink) {
    this.#link = link;
  }

  /** All of it but the acknowledgement of the last block: that is the answer. */
  async send(octets: Uint8Array): Promise<void> {
    const count = Math.max(1, Math.ceil(octets.length / BLOCK_DATA_MAX));
    for (let at = 0; at < count; at += 1) {
      const isLast = at === count - 1;
      const control = (this.#sending === 1 ? SEND_SEQUENCE : 0) | (isLast ? 0 : MORE);
      this.#sending ^= 1;
      await this.#write(encodeBlock(control, octets.slice(at * BLOCK_DATA_MAX, (at + 1) * BLOCK_DATA_MAX)));
      if (!isLast) await this.#acknowledged();
    }
  }

  async receive(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let asked = 0; ;) {
      const block = await this.#next();
      const control = block[1] ?? 0;
      if ((control & IS_R_OR_S) !== 0) {
        // The other end did not get our acknowledgement whole.
        if ((asked += 1) > TRIES_MAX) throw new CardGone('the card acknowledges what it should answer');
        await this.#link.write(this.#last);
        continue;
      }
      this.#expecting ^= 1;
      parts.push(block.slice(3, -1));
      if ((control & MORE) === 0) return concat(...parts);
      await this.#write(encodeBlock(IS_R_OR_S | this.#received(), new Uint8Array()));
    }
  }

  async #acknowledged(): Promise<void> {
    const control = (await this.#next())[1] ?? 0;
    if ((control & (IS_R_OR_S | IS_S)) !== IS_R_OR_S) throw new CardGone('the card answers before it heard all');
  }

  /** The next block that is whole and new; sends the last one again where the other end did not get it whole. */
  async #next(): Promise<Uint8Array> {
    for (let tries = 0; tries <= TRIES_MAX; tries += 1) {
      const block = await this.#link.read();
      const control = block[1] ?? 0;
      if (!isWhole(block)) await this.#link.write(encodeBlock(IS_R_OR_S | this.#received() | BROKEN, new Uint8Array()));
      else if (this.#asksAgain(control)) await this.#link.write(this.#last);
      else if ((control & IS_R_OR_S) !== 0 || this.#isExpected(control)) return block;
    }
    throw new CardGone('the contacts of the card are too bad to hear it');
  }

  #asksAgain(control: number): boolean {
    if ((control & (IS_R_OR_S | IS_S)) !== IS_R_OR_S) return false;
    return ((control & RECEIVE_SEQUENCE) === 0 ? 0 : 1) !== this.#sending;
  }

  #isExpected(control: number): boolean {
    return ((control & SEND_SEQUENCE) === 0 ? 0 : 1) === this.#expecting;
  }

  #received(): number {
    return this.#expecting === 1 ? RECEIVE_SEQUENCE : 0;
  }

  async #write(block: Uint8Array): Promise<void> {
    this.#last = block;
    await this.#link.write(block);
  }
}
