/** The one place that makes random ids and octets. */
import { randomBytes, randomFillSync, randomInt } from 'node:crypto';
import { toHex, utf8 } from './bytes.ts';
import { sha256 } from './hash.ts';

export function randomOctets(length: number): Uint8Array {
  return Uint8Array.from(randomBytes(length));
}

/** Asking the system costs more than what is asked for, so octets come by the page; each is given once and then wiped. */
const PAGE = Buffer.alloc(4096);
let given = PAGE.length;

function take16<T>(read: (octets: Buffer) => T): T {
  if (given + 16 > PAGE.length) {
    randomFillSync(PAGE);
    given = 0;
  }
  const octets = PAGE.subarray(given, (given += 16));
  try {
    return read(octets);
  } finally {
    octets.fill(0);
  }
}

/** 16 random octets, base64url: nonces of orders and salts of events. */
export function nonce(): string {
  return take16((octets) => octets.toString('base64url'));
}

/** UUIDv7 (RFC 9562 §5.7): ordered by time, so that an index on it stays narrow. */
export function uuidv7(milliseconds: number = Date.now()): string {
  return take16((octets) => {
    octets.writeUIntBE(milliseconds, 0, 6);
    return uuidText(octets, 0x70);
  });
}

/** UUIDv8 (RFC 9562 §5.8) derived from its cause: the same cause gives the same id, so a repeat is found. */
export function derivedId(...cause: readonly string[]): string {
  return uuidText(sha256(utf8(cause.join('\n'))).slice(0, 16), 0x80);
}

function uuidText(octets: Uint8Array, version: number): string {
  octets[6] = ((octets[6] ?? 0) & 0x0f) | version;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(octets);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Random decimal digits, each uniform: PINs of the demo. */
export function pinDigits(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}
