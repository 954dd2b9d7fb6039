/** A security module as a device of its own: one socket that is its V.24 plug, one towards the ATM it sits in. */
import type { Socket } from 'node:net';
import { V24Line } from '../line/v24-line.ts';
import { listenLocal } from '#libs/local/local-socket.ts';
import { serveControl } from './control.ts';
import type { ModuleOptions } from './module-parts.ts';
import { SecurityModule } from './security-module.ts';

export interface ModuleServing extends ModuleOptions {
  /** Of `localAddress`: connecting is plugging in, disconnecting is unplugging. */
  readonly lineAddress: string;
  readonly controlAddress: string;
  /** Bits per second of the line, default 115,200; 0 is unpaced. */
  readonly baud?: number;
}

export interface ServedModule {
  readonly module: SecurityModule;
  readonly lineAddress: string;
  readonly controlAddress: string;
  readonly close: () => Promise<void>;
}

/** Powers the module on. The image is opened (and refused) before, by `openSealedImage`. */
export async function startModule(config: ModuleServing): Promise<ServedModule> {
  const module = new SecurityModule(config);
  const cable = new V24Line(config.baud === undefined ? {} : { baud: config.baud });
  const line = await listenLocal(config.lineAddress, (socket) => plugIn(module, cable, socket));
  const control = await listenLocal(config.controlAddress, (socket) => void serveControl(module, socket));
  const close = async (): Promise<void> => {
    cable.detach();
    await Promise.all([line.close(), control.close()]);
  };
  return { module, lineAddress: line.address, controlAddress: control.address, close };
}

/** There is one plug: a second connection finds it taken. */
function plugIn(module: SecurityModule, cable: V24Line, socket: Socket): void {
  if (cable.attached) {
    socket.destroy();
    return;
  }
  const ends = cable.attach();
  socket.pipe(ends.unit).pipe(socket);
  socket.once('close', () => cable.detach());
  ends.unit.once('close', () => socket.destroy());
  void module.serveLine(ends.module).finally(() => cable.detach());
}
