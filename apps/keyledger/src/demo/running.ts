/** Where a running deployment is reached by verbs of another process: written when it serves, taken away when it ends. */
import { rmSync } from 'node:fs';
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { House } from './house.ts';
import type { Places } from './places.ts';

export interface Serving {
  readonly url: string;
  /** Folder of the local sockets. */
  readonly sockets: string;
}

export function tellServing({ platformUrl: url, sockets, deployment }: House): void {
  const serving: Serving = { url, sockets };
  replaceWhole(deployment.places.running, utf8(JSON.stringify(serving)));
}

/** Null where nothing serves this folder; what was killed may still be named. */
export function servingAt({ running }: Places): Serving | null {
  const octets = readWhole(running);
  return octets === null ? null : (JSON.parse(Buffer.from(octets).toString('utf8')) as Serving); // our own file
}

export function servesNoMore({ running }: Places): void {
  rmSync(running, { force: true });
}
