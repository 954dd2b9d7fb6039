/** The one place that makes random ids and octets. */
import { randomBytes, randomInt } from 'node:crypto';
import { toBase64url, toHex, utf8 } from './bytes.ts';
import { sha256 } from './hash.ts';

export function randomOctets(length: number): Uint8Array {
  return Uint8Array.from(randomBytes(length));
}

/** 16 random octets, base64url: nonces of orders and salts of events. */
export function nonce(): string {
  return toBase64url(randomOctets(16));
}

/** UUIDv7 (RFC 9562 §5.7): ordered by time, so that an index on it stays narrow. */
export function uuidv7(milliseconds: number = Date.now()): string {
  const octets = randomOctets(16);
  Buffer.from(octets.buffer).writeUIntBE(milliseconds, 0, 6);
  return uuidText(octets, 0x70);
}

/** UUIDv8 (RFC 9562 §5.8) derived from its cause: the same cause gives the same id, so a repeat is found. */
export function derivedId(...cause: readonly string[]): string {
  return uuidText(sha256(utf8(cause.join('\n'))).slice(0, 16), 0x80);
}

function uuidText(octets: Uint8Array, version: number): string {
  octets[6] = ((octets[6] ?? 0) & 0x0f) | version;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(octets);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** Random decimal digits, each uniform: PINs of the demo. */
export function pinDigits(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}
