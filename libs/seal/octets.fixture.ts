/** Octets for the seal's tests. */

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** 32 octets that tell the number they stand for. */
export function octets32(number: number): Uint8Array {
  const octets = Buffer.alloc(32);
  octets.writeUInt32BE(number + 1);
  return Uint8Array.from(octets);
}
