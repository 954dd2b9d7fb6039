/** DER in: strict and bounded. What is not minimal and definite is malformed; nothing is ever guessed. */
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { equal } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { PRINTABLE, TAG, time } from './der.ts';

/** Enough for our UUID arc and a module class of 64 letters behind it. */
const OID_OCTETS_MAX = 128;

/** Thrown inside parsers, turned into a refusal by `parsed`. */
export class Malformed extends Error {}

export interface Element {
  readonly tag: number;
  /** The value's octets. */
  readonly value: Uint8Array;
  /** Tag, length and value as they stood. */
  readonly whole: Uint8Array;
}

/** Reads elements one behind the other out of one value. */
export class DerReader {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get left(): number {
    return this.#octets.length - this.#at;
  }

  /** The tag that comes next, or -1 at the end. */
  get next(): number {
    return this.#octets[this.#at] ?? -1;
  }

  any(): Element {
    const start = this.#at;
    const tag = this.#octet();
    if ((tag & 0x1f) === 0x1f) throw new Malformed('high tag numbers are not used');
    const length = this.#length();
    if (length > this.left) throw new Malformed('an element ends behind its container');
    const value = this.#octets.slice(this.#at, this.#at + length);
    this.#at += length;
    return { tag, value, whole: this.#octets.slice(start, this.#at) };
  }

  #octet(): number {
    const octet = this.#octets[this.#at];
    if (octet === undefined) throw new Malformed('the octets end too early');
    this.#at += 1;
    return octet;
  }

  #length(): number {
    const first = this.#octet();
    if (first < 0x80) return first;
    if (first === 0x80 || first > 0x83) throw new Malformed('lengths are definite and have at most three octets');
    let length = 0;
    for (let octets = first - 0x80; octets > 0; octets -= 1) length = length * 256 + this.#octet();
    const least = first === 0x81 ? 0x80 : first === 0x82 ? 0x100 : 0x10000;
    if (length < least) throw new Malformed('the length is not minimal');
    return length;
  }

  take(tag: number): Element {
    const element = this.any();
    if (element.tag !== tag) throw new Malformed(`wanted tag ${tag}, found ${element.tag}`);
    return element;
  }

  enter(tag: number = TAG.SEQUENCE): DerReader {
    return new DerReader(this.take(tag).value);
  }

  /** The element of this tag if it comes next. */
  optional(tag: number): Element | null {
    return this.next === tag ? this.any() : null;
  }

  end(): void {
    if (this.left !== 0) throw new Malformed('something follows the last element');
  }

  oid(): string {
    const { value } = this.take(TAG.OID);
    if (value.length > OID_OCTETS_MAX) throw new Malformed('an object identifier that is too long');
    return dotted(value);
  }

  /** Big-endian octets of a non-negative INTEGER, without a sign octet. */
  unsigned(): Uint8Array {
    const { value } = this.take(TAG.INTEGER);
    const [first, second] = value;
    if (first === undefined || first >= 0x80) throw new Malformed('the integer is empty or negative');
    if (first === 0 && second !== undefined && second < 0x80) throw new Malformed('the integer is not minimal');
    return first === 0 && second !== undefined ? value.slice(1) : value;
  }

  safeInteger(): number {
    const value = BigInt(`0x${Buffer.from(this.unsigned()).toString('hex')}`);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Malformed('an integer beyond 2^53-1');
    return Number(value);
  }

  /** Octets of a BIT STRING without unused bits. */
  bits(): Uint8Array {
    const { value } = this.take(TAG.BIT_STRING);
    if (value[0] !== 0) throw new Malformed('a bit string with unused bits');
    return value.slice(1);
  }

  /** The octet of a NamedBitList that fits in one: DER drops trailing zero bits (X.690 §11.2.2). */
  namedBits(): number {
    const [unused = 8, bits = 0, ...rest] = this.take(TAG.BIT_STRING).value;
    if (rest.length > 0 || unused > 7 || bits === 0 || bits % 2 ** (unused + 1) !== 2 ** unused)
      throw new Malformed('named bits that are not minimal');
    return bits;
  }

  /** A BOOLEAN that has DEFAULT FALSE: absent, or TRUE written as FF. */
  trueOrAbsent(): boolean {
    const element = this.optional(TAG.BOOLEAN);
    if (element !== null && (element.value.length !== 1 || element.value[0] !== 0xff))
      throw new Malformed('a default that is written');
    return element !== null;
  }

  printable(): string {
    const text = Buffer.from(this.take(TAG.PRINTABLE_STRING).value).toString('latin1');
    if (!PRINTABLE.test(text)) throw new Malformed('a character that PrintableString does not have');
    return text;
  }

  utf8(): string {
    const { value } = this.take(TAG.UTF8_STRING);
    const text = Buffer.from(value).toString('utf8');
    if (!equal(Buffer.from(text, 'utf8'), value)) throw new Malformed('octets that are no UTF-8');
    return text;
  }

  /** UTCTime or GeneralizedTime, only in the spelling that `time` of der.ts gives: a date that exists, the form of its year. */
  time(): Seconds {
    const { tag, value, whole } = this.any();
    const text = Buffer.from(value).toString('latin1');
    const wanted = tag === TAG.UTC_TIME ? /^\d{12}Z$/ : tag === TAG.GENERALIZED_TIME ? /^\d{14}Z$/ : /^$/;
    if (!wanted.test(text)) throw new Malformed('the time is not in whole seconds of UTC');
    const digits = tag === TAG.UTC_TIME ? `${text.startsWith('5') || text > '5' ? '19' : '20'}${text}` : text;
    const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
    const milliseconds = Date.parse(iso);
    if (Number.isNaN(milliseconds) || milliseconds < 0 || !equal(time(milliseconds / 1000), whole))
      throw new Malformed('the time is no date');
    return milliseconds / 1000;
  }
}

function dotted(value: Uint8Array): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const [at, octet] of value.entries()) {
    if (arc === 0n && octet === 0x80) throw new Malformed('an arc is not minimal');
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80 && at === value.length - 1) throw new Malformed('an arc does not end');
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [head] = arcs;
  if (head === undefined) throw new Malformed('an empty object identifier');
  const first = head < 40n ? 0n : head < 80n ? 1n : 2n;
  return [first, head - first * 40n, ...arcs.slice(1)].join('.');
}

/** Runs a parser over untrusted octets: its value, or one refusal whatever is wrong with them. */
export function parsed<T>(
  octets: Uint8Array,
  limits: { code: string; what: string; octetsMax: number },
  parse: (from: DerReader) => T,
): T | Refusal {
  const malformed = refuse(
    limits.code,
    `The octets are no ${limits.what} of the profile; ask whoever sent them for the right ones.`,
  );
  if (octets.length > limits.octetsMax) return malformed;
  try {
    return parse(new DerReader(octets));
  } catch (error) {
    if (error instanceof Malformed) return malformed;
    throw error;
  }
}
