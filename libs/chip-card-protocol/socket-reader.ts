/**
 * A card reader over a socket, in the words of vpcd: two octets of length, then one octet of control
 * (0 power off, 1 power on, 4 answer to reset) or a command APDU; answers come the same way.
 */
import type { Duplex } from 'node:stream';
import type { CardConnection, CardReader } from './reader.ts';

export const CONTROL = { POWER_OFF: 0, POWER_ON: 1, ANSWER_TO_RESET: 4 } as const;

/** Cuts a stream of octets into messages of the protocol. A message is at most 65,535 octets long. */
export class MessageReader {
  #held = Buffer.alloc(0);

  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const messages: Uint8Array[] = [];
    while (this.#held.length >= 2) {
      const length = this.#held.readUInt16BE();
      if (this.#held.length < 2 + length) break;
      messages.push(Uint8Array.from(this.#held.subarray(2, 2 + length)));
      this.#held = this.#held.subarray(2 + length);
    }
    return messages;
  }
}

export function encodeMessage(octets: Uint8Array): Uint8Array {
  const message = Buffer.alloc(2 + octets.length);
  message.writeUInt16BE(octets.length);
  message.set(octets, 2);
  return Uint8Array.from(message);
}

/** Thrown when the card or its reader is gone. */
export class CardGone extends Error {
  readonly code: string = 'CARD_GONE';
}

/** A reader whose card sits behind a socket; `connect` gives a fresh one for every power-on. */
export function socketReader(connect: () => Promise<Duplex>): CardReader {
  return {
    powerOn: async () => {
      const socket = await connect().catch((cause: unknown) => {
        throw new CardGone('no card reader answers', { cause });
      });
      const asking = new Asking(socket);
      await asking.send(Uint8Array.of(CONTROL.POWER_ON));
      await asking.ask(Uint8Array.of(CONTROL.ANSWER_TO_RESET));
      return connectionOf(asking);
    },
  };
}

function connectionOf(asking: Asking): CardConnection {
  return {
    transmit: (apdu) => asking.ask(apdu),
    powerOff: async () => {
      await asking.send(Uint8Array.of(CONTROL.POWER_OFF)).catch(() => undefined); // already without power
      asking.end();
    },
  };
}

const ANSWER_MS = 30_000;

class Asking {
  readonly #socket: Duplex;
  readonly #reader = new MessageReader();
  #waiting: { resolve: (answer: Uint8Array) => void; reject: (error: Error) => void } | null = null;
  #gone = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      for (const message of this.#reader.push(chunk)) this.#waiting?.resolve(message);
    });
    const gone = (): void => {
      this.#gone = true;
      this.#waiting?.reject(new CardGone('the card was taken out'));
    };
    socket.on('error', gone);
    socket.once('close', gone);
  }

  send(octets: Uint8Array): Promise<void> {
    if (this.#gone) return Promise.reject(new CardGone('the card was taken out'));
    return new Promise((resolve, reject) => {
      this.#socket.write(encodeMessage(octets), (error) =>
        error ? reject(new CardGone('the card was taken out')) : resolve(),
      );
    });
  }

  async ask(octets: Uint8Array): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    this.#waiting = { resolve, reject };
    const timer = setTimeout(() => reject(new CardGone('the card does not answer')), ANSWER_MS);
    try {
      await this.send(octets);
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }

  end(): void {
    this.#socket.end();
  }
}
