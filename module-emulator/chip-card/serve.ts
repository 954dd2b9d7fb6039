/** The chip card behind a socket, in the words of vpcd: whoever connects is its reader; one at a time has power. */
import type { Duplex } from 'node:stream';
import { ANSWER_TO_RESET } from '#libs/chip-card-protocol/commands.ts';
import type { CardConnection } from '#libs/chip-card-protocol/reader.ts';
import { CONTROL, MessageReader, encodeMessage } from '#libs/chip-card-protocol/socket-reader.ts';
import { type Listening, listenLocal } from '#libs/local/local-socket.ts';
import type { ChipCard } from './card.ts';

export function serveCard(card: ChipCard, address: string): Promise<Listening> {
  const slot = { powered: null as CardConnection | null };
  return listenLocal(address, (socket) => {
    serveReader(card, socket, slot);
  });
}

/** A card has one set of contacts: new power takes it from the reader before. */
interface Slot {
  powered: CardConnection | null;
}

function serveReader(card: ChipCard, socket: Duplex, slot: Slot): void {
  const reader = new MessageReader();
  let own: CardConnection | null = null;
  let turn: Promise<void> = Promise.resolve();
  const off = async (): Promise<void> => {
    await own?.powerOff();
    if (slot.powered === own) slot.powered = null;
    own = null;
  };
  const answer = async (message: Uint8Array): Promise<void> => {
    const [control] = message;
    if (message.length !== 1)
      return void socket.write(encodeMessage((await own?.transmit(message)) ?? new Uint8Array()));
    if (control === CONTROL.ANSWER_TO_RESET) return void socket.write(encodeMessage(ANSWER_TO_RESET));
    await off();
    if (control === CONTROL.POWER_OFF) return;
    await slot.powered?.powerOff();
    own = await card.powerOn();
    slot.powered = own;
  };
  socket.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk)) turn = turn.then(() => answer(message));
  });
  socket.once('close', () => void off());
}
