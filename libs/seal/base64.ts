/** Standard base64 with padding (RFC 4648 §4), as notes and checkpoints write it; read strictly. */

export function toBase64(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64');
}

/** Null unless re-encoding gives the same text. */
export function fromBase64(text: string): Uint8Array | null {
  const octets = Buffer.from(text, 'base64');
  return octets.toString('base64') === text ? Uint8Array.from(octets) : null;
}
