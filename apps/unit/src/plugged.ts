/** Where the unit's one line is plugged in, as its reports say: durable, so that it is unplugged in the record too after a loss of power. */
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

export interface Plug {
  readonly order: string;
  readonly serial: string;
}

export class Plugged {
  readonly #file: string;
  #plug: Plug | null;

  constructor(file: string) {
    this.#file = file;
    const kept = readWhole(file);
    this.#plug = kept === null ? null : (JSON.parse(Buffer.from(kept).toString('utf8')) as Plug | null); // our own file
  }

  get at(): Plug | null {
    return this.#plug;
  }

  is({ order, serial }: Plug): boolean {
    return this.#plug?.order === order && this.#plug.serial === serial;
  }

  /** Durable before anybody is told that the line is attached; and after it was told that it is not. */
  move(plug: Plug | null): void {
    replaceWhole(this.#file, utf8(JSON.stringify(plug)));
    this.#plug = plug;
  }
}
