/** The chip card behind a socket, in the words of vpcd. It is in one reader at a time: another waits until it is taken out. */
import type { Duplex } from 'node:stream';
import { ANSWER_TO_RESET } from '#libs/chip-card-protocol/commands.ts';
import type { CardConnection, CardReader } from '#libs/chip-card-protocol/reader.ts';
import { CONTROL, MessageReader, encodeMessage } from '#libs/chip-card-protocol/socket-reader.ts';
import { type Listening, listenLocal } from '#libs/local/local-socket.ts';

/** Listens at an address of `localAddress`; every connection is a reader that may take the card in. */
export function serveCard(card: CardReader, address: string): Promise<Listening> {
  const slot = new Slot();
  return listenLocal(address, (socket) => {
    serveReader(card, socket, slot);
  });
}

/** Answers one reader at the other end of a stream, until it closes. Reset and power on are one: all of a session is gone. */
export function answerReader(card: CardReader, socket: Duplex): void {
  serveReader(card, socket, new Slot());
}

/** One after the other, in the order in which they asked. */
class Slot {
  #last: Promise<void> = Promise.resolve();

  /** Answers when the card is free, with the way to give it back. */
  async take(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }
}

interface Inserted {
  readonly connection: CardConnection;
  readonly takeOut: () => void;
}

function serveReader(card: CardReader, socket: Duplex, slot: Slot): void {
  const reader = new MessageReader();
  let inserted: Inserted | null = null;
  let turn: Promise<void> = Promise.resolve();
  const off = async (): Promise<void> => {
    const held = inserted;
    inserted = null;
    await held?.connection.powerOff();
    held?.takeOut();
  };
  const on = async (): Promise<void> => {
    await off();
    const takeOut = await slot.take();
    if (socket.destroyed) takeOut();
    else inserted = { connection: await card.powerOn(), takeOut };
  };
  const answer = async (message: Uint8Array): Promise<Uint8Array | null> => {
    if (message.length !== 1) return (await inserted?.connection.transmit(message)) ?? new Uint8Array();
    if (message[0] === CONTROL.ANSWER_TO_RESET) return ANSWER_TO_RESET;
    await (message[0] === CONTROL.POWER_OFF ? off() : on());
    return null;
  };
  const serve = async (message: Uint8Array): Promise<void> => {
    const answered = await answer(message);
    if (answered !== null && !socket.destroyed) socket.write(encodeMessage(answered));
  };
  socket.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk)) turn = turn.then(() => serve(message));
  });
  socket.once('close', () => {
    turn = turn.then(off);
  });
}
