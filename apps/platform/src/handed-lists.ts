/** The newest trust list that each station fetched: remembered since the start alone, since no event tells of a copy. */
import type { Seconds } from '#libs/kernel/clock.ts';

export interface HandedList {
  readonly version: number;
  readonly at: Seconds;
  readonly notAfter: Seconds;
}

export class HandedLists {
  readonly #newest = new Map<string, HandedList>();

  /** Of the station whose own token asked; `jws` as it was handed out. */
  note(station: string, jws: string, at: Seconds): void {
    const [, payload = ''] = jws.split('.');
    const { version, notAfter } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as HandedList; // ours
    this.#newest.set(station, { version, at, notAfter });
  }

  /** Null where it fetched none since the start. */
  newest(station: string): HandedList | null {
    return this.#newest.get(station) ?? null;
  }
}
