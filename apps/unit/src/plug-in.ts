/** The technician looks for the machine of a serial and plugs the line in. */
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { PLUG_NAME, lineAddress } from '#libs/local/plug.ts';
import type { UnitConfig } from './config.ts';

const NOT_HERE = refuse(
  'MODULE_NOT_HERE',
  'No module of this serial stands here; go to the machine that the order names.',
);
const NO_POWER = refuse('LINE_CLOSED', 'The line cannot be plugged in; the module has no power.');
const LOOK_AGAIN_MS = 500;

/** MODULE_NOT_HERE where no plug bears the serial, looked for twice; LINE_CLOSED where the module has no power. */
export async function plugIn({ lines, plugs }: UnitConfig, serial: string): Promise<Socket | Refusal> {
  const known = lines[serial];
  if (known !== undefined) return connectLocal(known).catch(() => NO_POWER);
  if (plugs === undefined || !PLUG_NAME.test(serial)) return NOT_HERE;
  const address = lineAddress(plugs, serial);
  const first = await connected(address);
  if (first !== NOT_HERE) return first;
  await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS)); // a module that is powered on again puts its plug anew
  return connected(address);
}

/** Whether the technician stands before this machine: a plug bears its serial. */
export function standsHere({ lines, plugs }: UnitConfig, serial: string): boolean {
  if (lines[serial] !== undefined) return true;
  return plugs !== undefined && PLUG_NAME.test(serial) && existsSync(lineAddress(plugs, serial));
}

async function connected(address: string): Promise<Socket | Refusal> {
  try {
    return await connectLocal(address);
  } catch (error) {
    const isMissing = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
    return isMissing ? NOT_HERE : NO_POWER;
  }
}
