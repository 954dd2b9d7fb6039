/** The V.24 plug of a security module among the local sockets of a machine, found by the serial on its housing. */
import { localAddress } from './local-socket.ts';

/** Serials that may name a socket or a file: no separators of paths or pipes. */
export const PLUG_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/;

export function lineAddress(folder: string, serial: string): string {
  return localAddress(folder, `${serial}.line`);
}
