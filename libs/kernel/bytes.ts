/** Octets in and out: base64url, concatenation, big-endian fields, and a reader that never runs past its end. */

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

export function utf8(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'utf8'));
}

export function toBase64url(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64url');
}

/** Strict base64url without padding (RFC 4648 §5): null unless re-encoding gives the same text. */
export function fromBase64url(text: string): Uint8Array | null {
  const octets = Buffer.from(text, 'base64url');
  return octets.toString('base64url') === text ? Uint8Array.from(octets) : null;
}

/** Whether `fromBase64url` would read it, without reading it: letters of the alphabet, and no bit behind the last octet. */
export function isBase64url(text: string): boolean {
  return BASE64URL.test(text);
}

const BASE64URL = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

export function toHex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex');
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function u16(value: number): Uint8Array {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return Uint8Array.from(octets);
}

export function u32(value: number): Uint8Array {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return Uint8Array.from(octets);
}

export function u64(value: number | bigint): Uint8Array {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt(value));
  return Uint8Array.from(octets);
}

/** One length octet, then the octets (at most 255). */
export function short(octets: Uint8Array): Uint8Array {
  if (octets.length > 255) throw new RangeError('a short field holds at most 255 octets');
  return concat(u8(octets.length), octets);
}

/** Thrown by `OctetReader` where the octets end before the field does; parsers turn it into a refusal. */
export class Truncated extends Error {}

/** Reads fixed fields from the front; every read is bounded by what is left. */
export class OctetReader {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get left(): number {
    return this.#octets.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new Truncated(`wanted ${length} octets, ${this.left} are left`);
    const taken = this.#octets.slice(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  u8(): number {
    return Buffer.from(this.take(1)).readUInt8();
  }

  u16(): number {
    return Buffer.from(this.take(2)).readUInt16BE();
  }

  u32(): number {
    return Buffer.from(this.take(4)).readUInt32BE();
  }

  u64(): bigint {
    return Buffer.from(this.take(8)).readBigUInt64BE();
  }

  /** A u64 that a JavaScript integer can hold; greater ones are refused as truncated input would be. */
  safe64(): number {
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Truncated('an integer beyond 2^53-1');
    return Number(value);
  }

  short(): Uint8Array {
    return this.take(this.u8());
  }
}
