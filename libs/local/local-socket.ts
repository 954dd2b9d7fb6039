/** The local socket of an emulated device: a Unix domain socket in a folder of its owner, a named pipe on Windows. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { type Socket, connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** sun_path holds 108 octets with its closing zero on Linux, 104 elsewhere. */
const PATH_OCTETS_MAX = 103;

export interface Listening {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Where a device listens: `<folder>/<name>.sock`, or on Windows a pipe named after both. */
export function localAddress(folder: string, name: string): string {
  if (process.platform !== 'win32') return join(folder, `${name}.sock`);
  const tag = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return `\\\\.\\pipe\\keyledger-${tag}-${name}`;
}

/**
 * Listens at an address of `localAddress`; the folder is made with mode 0700, a socket file left by a
 * killed process is removed. Throws on a path too long for a socket. `close` ends the connections too.
 */
export async function listenLocal(address: string, onConnection: (socket: Socket) => void): Promise<Listening> {
  if (process.platform !== 'win32') prepareFolder(address);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { address, close };
}

function prepareFolder(address: string): void {
  if (Buffer.byteLength(address) > PATH_OCTETS_MAX)
    throw new Error(
      `The path ${address} is too long for a socket (${PATH_OCTETS_MAX} octets); use a shorter data folder.`,
    );
  const folder = dirname(address);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  rmSync(address, { force: true });
}

/** Connects to a device; rejects with the system's error (`ENOENT`, `ECONNREFUSED`) when nobody listens. */
export function connectLocal(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}
