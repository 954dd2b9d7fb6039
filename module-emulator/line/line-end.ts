/** One end of a cable: octets written here come out at the other end, at the pace of the line. */
import { Duplex } from 'node:stream';
import { monotonicMs } from '#libs/kernel/clock.ts';

/** Start bit, eight data bits, stop bit (V.24 at 8N1). */
const BITS_PER_OCTET = 10;

/** Octets are handed over in slices of this length of time. */
const SLICE_MS = 10;

/** What happens to octets on their way; null: the plug is out. */
export type Carry = (octets: Uint8Array) => Uint8Array | null;

type Written = (error?: Error | null) => void;

export class LineEnd extends Duplex {
  readonly #baud: number;
  readonly #carry: Carry;
  #far: LineEnd | null = null;
  #wanted: (() => void)[] = [];
  #freeAt = 0;
  #hungUp = false;

  /** `baud` 0: as fast as it goes. */
  constructor(baud: number, carry: Carry) {
    super({ allowHalfOpen: false });
    this.#baud = baud;
    this.#carry = carry;
    this.on('error', () => this.destroy());
  }

  join(far: LineEnd): void {
    this.#far = far;
  }

  override _read(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const taken of wanted) taken();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: Written): void {
    this.#send(Uint8Array.from(chunk), written);
  }

  override _final(written: Written): void {
    this.#far?.hangUp();
    written();
  }

  /** An end that closes drops its ready signal; the far end notices (V.24 circuits 107 and 108). */
  override _destroy(error: Error | null, destroyed: Written): void {
    this.#far?.hangUp();
    destroyed(error);
  }

  /** No more octets come from the far end. */
  hangUp(): void {
    if (this.#hungUp || this.destroyed) return;
    this.#hungUp = true;
    this.push(null);
  }

  /** Octets from the far end; `taken` is called once there is room for more. */
  receive(octets: Uint8Array, taken: () => void): void {
    if (this.destroyed || this.#hungUp) return taken();
    if (this.push(octets)) taken();
    else this.#wanted.push(taken);
  }

  #send(octets: Uint8Array, written: Written): void {
    const far = this.#far;
    if (far === null || this.destroyed) return written();
    const sliceOctets =
      this.#baud === 0 ? octets.length : Math.max(1, Math.floor((this.#baud * SLICE_MS) / BITS_PER_OCTET / 1000));
    const slice = octets.slice(0, sliceOctets);
    const rest = octets.slice(sliceOctets);
    this.#afterTransit(slice.length, () => {
      if (this.destroyed) return written();
      const arriving = this.#carry(slice);
      if (arriving === null) return written();
      const next = (): void => (rest.length === 0 ? written() : this.#send(rest, written));
      if (arriving.length === 0) next();
      else far.receive(arriving, next);
    });
  }

  #afterTransit(octets: number, then: () => void): void {
    if (this.#baud === 0) return void setImmediate(then);
    const now = monotonicMs();
    this.#freeAt = Math.max(now, this.#freeAt) + (octets * BITS_PER_OCTET * 1000) / this.#baud;
    setTimeout(then, this.#freeAt - now);
  }
}
