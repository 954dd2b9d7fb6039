/** What a unit must know after a loss of power: the salts it prescribed, and the work that it gave up. Nothing secret. */
import { join } from 'node:path';
import { fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

interface Kept {
  readonly salts: readonly string[];
  /** The refusal that ended it; null while it goes on. */
  readonly gaveUp: GaveUp | null;
  /** The record has heard of it, or the outbox holds it. */
  readonly told?: boolean;
}

export interface GaveUp {
  readonly code: string;
  readonly message: string;
}

const EMPTY: Kept = { salts: [], gaveUp: null };

export class Journal {
  readonly #file: string;
  #kept: Kept;

  /** One file for each order and serial. */
  constructor(folder: string, order: string, serial: string) {
    this.#file = join(folder, `${order}.${serial.replaceAll('/', '_').replaceAll(':', '_')}.json`);
    const octets = readWhole(this.#file);
    this.#kept = octets === null ? EMPTY : (JSON.parse(Buffer.from(octets).toString('utf8')) as Kept); // written here alone
  }

  get gaveUp(): GaveUp | null {
    return this.#kept.gaveUp;
  }

  get salts(): readonly Uint8Array[] {
    return this.#kept.salts.map((salt) => fromBase64url(salt) ?? new Uint8Array());
  }

  /** Durable before the module is asked for a key with it. */
  prescribe(salt: Uint8Array): void {
    this.#keep({ ...this.#kept, salts: [...this.#kept.salts, toBase64url(salt)] });
  }

  giveUp(why: GaveUp): void {
    this.#keep({ ...this.#kept, gaveUp: why });
  }

  /** Given up, and nobody was told yet. */
  get owesWord(): GaveUp | null {
    return this.#kept.told === true ? null : this.#kept.gaveUp;
  }

  hasTold(): void {
    this.#keep({ ...this.#kept, told: true });
  }

  #keep(next: Kept): void {
    replaceWhole(this.#file, utf8(JSON.stringify(next)));
    this.#kept = next;
  }
}
