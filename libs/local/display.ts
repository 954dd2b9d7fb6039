/**
 * The display of a device: the eight words of each of its public keys, shown by the device itself to whoever looks at it.
 * Here a look is a connection to a socket of its own; no platform stands in between, and nothing is taken in.
 */
import { closed, list, text } from '#libs/kernel/template.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { eightWords } from '#libs/kernel/words.ts';
import { type Listening, connectLocal, listenLocal, localAddress } from './local-socket.ts';

/** One line of a display. */
export interface Shown {
  /** Which of its keys: `signing key`, `next key`. */
  readonly key: string;
  readonly words: string;
}

const LOOK_MS = 5000;
const OCTETS_MAX = 4096;

const shown = list(closed({ key: text(40), words: text(60, /^[a-z]{5}(?: [a-z]{5}){7}$/) }), 0, 8);

/** A line for a key by its hash or thumbprint, of at least 16 octets. */
export function shows(key: string, hash: Uint8Array): Shown {
  return { key, words: eightWords(hash) };
}

export function displayAddress(folder: string, device: string): string {
  return localAddress(folder, `${device}.display`);
}

/** Shows what the device has at the moment somebody looks. */
export function serveDisplay(address: string, now: () => readonly Shown[]): Promise<Listening> {
  return listenLocal(address, (socket) => void socket.end(JSON.stringify(now())));
}

/** What the device shows; null where there is no device, or nothing that a device shows. */
export async function lookAt(address: string): Promise<readonly Shown[] | null> {
  try {
    const socket = await connectLocal(address);
    socket.setTimeout(LOOK_MS, () => socket.destroy());
    let said = '';
    for await (const chunk of socket) {
      said += String(chunk);
      if (said.length > OCTETS_MAX) return null;
    }
    const read = shown(JSON.parse(said) as Json, 'display');
    return isRefusal(read) ? null : read;
  } catch {
    return null; // nobody listens, or it broke off
  }
}
