/** A stream read by counted octets: whoever asks waits until there are as many, or is told that the unit is gone. */
import type { Duplex } from 'node:stream';
import { CardGone } from '#libs/chip-card-protocol/socket-reader.ts';

const ANSWER_MS = 30_000;

export class OctetStream {
  readonly #socket: Duplex;
  #held = Buffer.alloc(0);
  #gone = false;
  #wake: (() => void) | null = null;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#wake?.();
    });
    const gone = (): void => {
      this.#gone = true;
      this.#wake?.();
    };
    socket.on('error', gone);
    socket.once('close', gone);
    socket.once('end', gone);
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#gone) return Promise.reject(new CardGone('the crypto unit is gone'));
    return new Promise((resolve, reject) => {
      this.#socket.write(octets, (error) => (error ? reject(new CardGone('the crypto unit is gone')) : resolve()));
    });
  }

  /** Waits `waitMs` at most, for ever where it is null; one reader at a time. Rejects with CardGone. */
  async take(count: number, waitMs: number | null = ANSWER_MS): Promise<Uint8Array> {
    let late = false;
    const timer = setTimeout(() => {
      late = waitMs !== null;
      this.#wake?.();
    }, waitMs ?? ANSWER_MS);
    try {
      while (this.#held.length < count) {
        if (this.#gone) throw new CardGone('the crypto unit is gone');
        if (late) throw new CardGone('the crypto unit does not answer');
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(timer);
      this.#wake = null;
    }
    const taken = Uint8Array.from(this.#held.subarray(0, count));
    this.#held = this.#held.subarray(count);
    return taken;
  }

  end(): void {
    this.#socket.end();
    this.#socket.destroy();
  }
}
