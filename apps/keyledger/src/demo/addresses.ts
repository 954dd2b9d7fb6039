/** Where the demo's devices are plugged in: every address follows from the folder of sockets, so that nobody has to be told. */
import { localAddress } from '#libs/local/local-socket.ts';
import { lineAddress } from '#libs/local/plug.ts';
import { CARD, CARDS, SERIALS } from './names.ts';

export interface DeviceAddresses {
  /** The card of the story. */
  readonly card: string;
  /** Every card of the demo, by number. */
  readonly cards: Readonly<Record<string, string>>;
  /** By serial, for the modules of the story: the V.24 plug, and the socket towards the ATM that houses it. */
  readonly lines: Readonly<Record<string, string>>;
  readonly controls: Readonly<Record<string, string>>;
}

export function cardAddress(sockets: string, card: string): string {
  return localAddress(sockets, card);
}

/** The socket towards the ATM that houses a module. */
export function controlAddress(sockets: string, serial: string): string {
  return localAddress(sockets, `${serial}.atm`);
}

/** The manufacturer's bench: modules are made there. */
export function benchAddress(sockets: string): string {
  return localAddress(sockets, 'bench');
}

export function deviceAddresses(sockets: string): DeviceAddresses {
  const each = (at: (sockets: string, serial: string) => string) =>
    Object.fromEntries(SERIALS.map((serial) => [serial, at(sockets, serial)]));
  const cards = Object.fromEntries(CARDS.map((card) => [card, cardAddress(sockets, card)]));
  return { card: cardAddress(sockets, CARD), cards, lines: each(lineAddress), controls: each(controlAddress) };
}
