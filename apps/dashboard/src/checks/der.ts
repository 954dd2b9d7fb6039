/** DER (X.690), as far as certificates and key files need it: definite lengths, low tag numbers. */
import type { Octets } from './octets.ts';

export interface Der {
  readonly tag: number;
  /** Offset of the tag in the whole document. */
  readonly at: number;
  /** Offset of the first octet of the content. */
  readonly from: number;
  /** Offset behind the last octet of the content. */
  readonly to: number;
  readonly content: Octets;
  readonly inner: readonly Der[];
}

/** The elements that fill a range; throws where it is no DER. */
export function readDer(whole: Octets, from = 0, to = whole.length): readonly Der[] {
  const elements: Der[] = [];
  let at = from;
  while (at < to) {
    const element = elementAt(whole, at, to);
    elements.push(element);
    at = element.to;
  }
  return elements;
}

function elementAt(whole: Octets, at: number, end: number): Der {
  const tag = octet(whole, at);
  const first = octet(whole, at + 1);
  const long = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || long > 3 || (tag & 0x1f) === 0x1f) throw new Error('no DER');
  let length = first < 0x80 ? first : 0;
  for (let place = 0; place < long; place += 1) length = length * 256 + octet(whole, at + 2 + place);
  const from = at + 2 + long;
  const to = from + length;
  if (to > end) throw new Error('no DER');
  const isConstructed = (tag & 0x20) !== 0;
  return { tag, at, from, to, content: whole.slice(from, to), inner: isConstructed ? readDer(whole, from, to) : [] };
}

function octet(whole: Octets, at: number): number {
  const value = whole[at];
  if (value === undefined) throw new Error('no DER');
  return value;
}

/** The dotted form of an OBJECT IDENTIFIER; arcs may be as long as a UUID. */
export function oidOf({ content }: Der): string {
  const arcs: bigint[] = [];
  let value = 0n;
  for (const one of content) {
    value = value * 128n + BigInt(one & 0x7f);
    if ((one & 0x80) !== 0) continue;
    if (arcs.length === 0) {
      const first = value < 80n ? value / 40n : 2n;
      arcs.push(first, value - first * 40n);
    } else arcs.push(value);
    value = 0n;
  }
  return arcs.join('.');
}

export function integerOf({ content }: Der): number {
  return content.reduce((value, one) => value * 256 + one, 0);
}

/** r and s of ECDSA-Sig-Value, 32 octets each (RFC 3279 §2.2.3). */
export function rawSignature(der: Octets): Octets {
  const raw = new Uint8Array(64);
  const numbers = readDer(der)[0]?.inner ?? [];
  for (const [at, number] of numbers.slice(0, 2).entries()) {
    const digits = number.content.slice(-32);
    raw.set(digits, 32 * (at + 1) - digits.length);
  }
  return raw;
}
