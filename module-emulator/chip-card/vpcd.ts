/**
 * Puts a card into the virtual reader of vsmartcard-vpcd, so that the PC/SC stack of the machine sees it (S13e). The card
 * is the one that calls: the reader listens, sends power, reset and commands, and asks for the answer to reset.
 */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import type { CardReader } from '#libs/chip-card-protocol/reader.ts';
import { answerReader } from './serve.ts';

/** Where the first slot of vpcd listens unless its configuration says otherwise. */
export const VPCD_PORT = 35_963;

export interface Inserted {
  /** Answers when the reader let go of the card, or was closed itself. */
  readonly takenOut: Promise<void>;
  readonly close: () => Promise<void>;
}

/** Thrown when nobody listens there. */
export class NoVirtualReader extends Error {
  readonly code = 'VPCD_SILENT';
}

export async function insertIntoVpcd(
  card: CardReader,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Inserted> {
  const socket: Socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new NoVirtualReader(`No virtual reader listens at ${host}:${port}; start pcscd with vsmartcard-vpcd.`, {
      cause,
    });
  }
  socket.on('error', () => socket.destroy());
  answerReader(card, socket);
  const takenOut = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const close = async (): Promise<void> => {
    socket.end();
    socket.destroy();
    await takenOut;
  };
  return { takenOut, close };
}
