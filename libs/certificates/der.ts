/** DER out (ITU-T X.690): the few types that X.509 needs, definite lengths, minimal integers. */
import { ascii, concat, utf8 } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { NO_END } from '#libs/kernel/order.ts';

export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OID: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  SEQUENCE: 0x30,
  SET: 0x31,
  PRINTABLE_STRING: 0x13,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
} as const;

/** Tag, length, value. */
export function tlv(tag: number, value: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(tag), lengthOctets(value.length), value);
}

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  if (length < 0x10000) return Uint8Array.of(0x82, length >> 8, length & 0xff);
  if (length < 0x1000000) return Uint8Array.of(0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
  throw new RangeError('no value here is longer than three octets can say');
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tlv(TAG.SEQUENCE, concat(...parts));
export const set = (...parts: readonly Uint8Array[]): Uint8Array => tlv(TAG.SET, concat(...parts));
export const octetString = (octets: Uint8Array): Uint8Array => tlv(TAG.OCTET_STRING, octets);
export const boolean = (value: boolean): Uint8Array => tlv(TAG.BOOLEAN, Uint8Array.of(value ? 0xff : 0));
export const enumerated = (value: number): Uint8Array => tlv(TAG.ENUMERATED, Uint8Array.of(value));

/** PrintableString (X.680 §41.4). */
export const PRINTABLE = /^[A-Za-z0-9 '()+,./:=?-]*$/;

/** Throws `RangeError` on a character that PrintableString does not have. */
export function printableString(text: string): Uint8Array {
  if (!PRINTABLE.test(text)) throw new RangeError('PrintableString has no such character');
  return tlv(TAG.PRINTABLE_STRING, ascii(text));
}

/** Throws `RangeError` on a lone surrogate, which UTF-8 cannot carry. */
export function utf8String(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new RangeError('UTF8String carries no lone surrogate');
  return tlv(TAG.UTF8_STRING, utf8(text));
}

/** BIT STRING of whole octets, or with unused bits at its end. */
export const bitString = (octets: Uint8Array, unused = 0): Uint8Array =>
  tlv(TAG.BIT_STRING, concat(Uint8Array.of(unused), octets));

/** Context-specific tag [n]: explicit (constructed) or implicit primitive. */
export const explicit = (n: number, value: Uint8Array): Uint8Array => tlv(0xa0 | n, value);
export const implicit = (n: number, value: Uint8Array): Uint8Array => tlv(0x80 | n, value);

/** A non-negative INTEGER from big-endian octets: leading zeros dropped, one added where the sign bit would show. */
export function unsigned(octets: Uint8Array): Uint8Array {
  if (octets.length === 0) throw new RangeError('an integer has at least one octet');
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  const minimal = octets.slice(start);
  return tlv(TAG.INTEGER, (minimal[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), minimal) : minimal);
}

/** A non-negative INTEGER; throws `RangeError` on a negative or broken number. */
export function integer(value: number | bigint): Uint8Array {
  if (value < 0) throw new RangeError('no integer here is negative');
  const hex = BigInt(value).toString(16);
  return unsigned(Uint8Array.from(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')));
}

/** OBJECT IDENTIFIER from dotted text; arcs of any size. */
export function oid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  return tlv(TAG.OID, concat(...[first * 40n + second, ...rest].map(arcOctets)));
}

function arcOctets(arc: bigint): Uint8Array {
  const octets = [Number(arc & 0x7fn)];
  for (let left = arc >> 7n; left > 0n; left >>= 7n) octets.unshift(Number(left & 0x7fn) | 0x80);
  return Uint8Array.from(octets);
}

/** Time of RFC 5280 §4.1.2.5: UTCTime to 2049, GeneralizedTime from 2050, whole seconds, Z. Throws `RangeError` outside 1970 to 9999. */
export function time(seconds: Seconds): Uint8Array {
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > NO_END)
    throw new RangeError('a time outside 1970 to 9999');
  const digits = new Date(seconds * 1000).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return digits < '2050'
    ? tlv(TAG.UTC_TIME, ascii(`${digits.slice(2)}Z`))
    : tlv(TAG.GENERALIZED_TIME, ascii(`${digits}Z`));
}
