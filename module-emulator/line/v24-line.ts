/** A V.24 serial cable between a personalization unit and a security module, plugged in by hand for a while (S14b, S11c). */
import type { Duplex } from 'node:stream';
import { LineEnd } from './line-end.ts';

export type Direction = 'to-module' | 'to-unit';

/** Somebody on the line: sees every slice of octets and says what arrives instead. */
export type Tap = (direction: Direction, octets: Uint8Array) => Uint8Array;

export interface LineOptions {
  /** Bits per second, ten to an octet; 0 is unpaced. Default 115,200. */
  readonly baud?: number;
  readonly tap?: Tap;
}

export interface Attached {
  readonly unit: Duplex;
  readonly module: Duplex;
}

/** Nothing passes while detached; each `attach` is a new connection and the octets of the old one are gone. */
export class V24Line {
  readonly #options: LineOptions;
  #ends: { readonly unit: LineEnd; readonly module: LineEnd } | null = null;
  #pullAfterOctets = Infinity;
  #carriedOctets = 0;

  constructor(options: LineOptions = {}) {
    this.#options = options;
  }

  get attached(): boolean {
    return this.#ends !== null;
  }

  /** Octets that came through since the line was made, both directions. */
  get carriedOctets(): number {
    return this.#carriedOctets;
  }

  /** Puts the plug in. Throws when it is in already. */
  attach(): Attached {
    if (this.#ends !== null) throw new Error('the line is attached already');
    const baud = this.#options.baud ?? 115_200;
    const unit = new LineEnd(baud, (octets) => this.#carry('to-module', octets));
    const module = new LineEnd(baud, (octets) => this.#carry('to-unit', octets));
    unit.join(module);
    module.join(unit);
    this.#ends = { unit, module };
    return this.#ends;
  }

  /** Pulls the plug: both ends close, what was on the way is lost. */
  detach(): void {
    const ends = this.#ends;
    this.#ends = null;
    this.#pullAfterOctets = Infinity;
    ends?.unit.destroy();
    ends?.module.destroy();
  }

  /** Pulls the plug by itself after so many more octets, in the middle of whatever is sent. */
  pullAfter(octets: number): void {
    this.#pullAfterOctets = this.#carriedOctets + octets;
  }

  /** Noise on the line: octets that nobody sent arrive at one end. */
  inject(direction: Direction, octets: Uint8Array): void {
    const end = direction === 'to-module' ? this.#ends?.module : this.#ends?.unit;
    end?.receive(octets, () => undefined);
  }

  #carry(direction: Direction, octets: Uint8Array): Uint8Array | null {
    if (this.#ends === null) return null;
    this.#carriedOctets += octets.length;
    if (this.#carriedOctets > this.#pullAfterOctets) {
      this.detach();
      return null;
    }
    return this.#options.tap?.(direction, octets) ?? octets;
  }
}
