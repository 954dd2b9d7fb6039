/** Canonical JSON (RFC 8785): one spelling for one value, so that a hash of it means the value. */
import { type Refusal, isRefusal, refuse } from './refusal.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The RFC 8785 form: members sorted by UTF-16 code units, ES number and string serialization.
 * Throws `TypeError` on what JSON cannot carry (undefined, NaN, infinities, bigint, lone surrogates).
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON carries no NaN or infinity');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
      return canonicalObject(value);
    default:
      throw new TypeError(`canonical JSON carries no ${typeof value}`);
  }
}

/** What JSON writes as it is: printable ASCII but for quote and backslash. */
const AS_IT_IS = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (AS_IT_IS.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('canonical JSON carries no lone surrogate');
  return JSON.stringify(text);
}

/** As JSON.stringify writes a text, which takes longer for one that needs no escapes. */
export function quoted(text: string): string {
  return AS_IT_IS.test(text) ? `"${text}"` : JSON.stringify(text);
}

function canonicalObject(value: object): string {
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const name of sorted(Object.keys(members)))
    text += `${text === '' ? '{' : ','}${canonicalString(name)}:${canonicalJson(members[name])}`;
  return text === '' ? '{}' : `${text}}`;
}

/** By UTF-16 code units, as `<` and a sort without a comparison go; most of what is spelled here stands in order already. */
function sorted(names: string[]): readonly string[] {
  for (let at = 1; at < names.length; at += 1) if ((names[at - 1] ?? '') > (names[at] ?? '')) return names.sort();
  return names;
}

export interface CanonicalLimits {
  readonly octetsMax: number;
  readonly depthMax: number;
}

/**
 * Parses octets that must be their own canonical form, of printable ASCII without `"` and `\` in
 * strings, with integers up to 2^53-1 only. Received octets are refused, never repaired: duplicate
 * members, white space, escapes and another member order all differ from the canonical form. A document that
 * spells a refusal would be taken for one of ours, and `__proto__` for what every object has: both are refused.
 */
export function parseCanonical(octets: Uint8Array, limits: CanonicalLimits): Json | Refusal {
  if (octets.length > limits.octetsMax)
    return refuse('TOO_LARGE', `The document has more than ${limits.octetsMax} octets; write a smaller one.`);
  const text = Buffer.from(octets).toString('latin1');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return refuse('NOT_JSON', 'The document is not JSON; send the bytes exactly as they were written.');
  }
  if (!isPlain(value, limits.depthMax) || isRefusal(value))
    return refuse(
      'NOT_PLAIN_JSON',
      `Only printable ASCII without quote and backslash, integers up to 2^53-1 and depth ${limits.depthMax} are allowed.`,
    );
  if (canonicalJson(value) !== text)
    return refuse(
      'NOT_CANONICAL',
      'The bytes are not their own canonical form (RFC 8785); they are refused, never repaired.',
    );
  return value;
}

function isPlain(value: Json, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return AS_IT_IS.test(value);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'boolean':
      return true;
    default:
      if (value === null || depth === 0) return false;
      return Object.entries(value).every(
        ([name, member]) => AS_IT_IS.test(name) && name !== '__proto__' && isPlain(member, depth - 1),
      );
  }
}
