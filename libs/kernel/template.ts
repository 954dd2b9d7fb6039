/** Closed templates for parsed JSON: exactly these members, each of this shape, nothing else. */
import type { Json } from './canonical-json.ts';
import { type Refusal, isRefusal, refuse } from './refusal.ts';

/** Reads a value at a path, or refuses with the path in its sentence. */
export type Template<T> = (value: Json | undefined, path: string) => T | Refusal;

export type Read<T> = T extends Template<infer Value> ? Value : never;

function misfit(path: string, wanted: string): Refusal {
  return refuse('BAD_SHAPE', `${path} must be ${wanted}.`);
}

export function text(lengthMax: number, pattern?: RegExp): Template<string> {
  return (value, path) =>
    typeof value === 'string' && value.length > 0 && value.length <= lengthMax && (pattern?.test(value) ?? true)
      ? value
      : misfit(path, `a text of 1 to ${lengthMax} characters${pattern === undefined ? '' : ` like ${pattern.source}`}`);
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Template<number> {
  return (value, path) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : misfit(path, `an integer from ${min} to ${max}`);
}

export function oneOf<const Words extends readonly string[]>(...words: Words): Template<Words[number]> {
  return (value, path) =>
    typeof value === 'string' && words.includes(value) ? value : misfit(path, `one of ${words.join(', ')}`);
}

/** 43 characters of base64url: 32 octets. */
export const hash: Template<string> = text(43, /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);

/** Names of persons, cards, units, stations and modules: PrintableString without spaces, at most 64. */
export const name: Template<string> = text(64, /^[A-Za-z0-9][A-Za-z0-9.:/-]*$/);

export function list<T>(of: Template<T>, min: number, max: number): Template<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max)
      return misfit(path, `a list of ${min} to ${max}`);
    const read: T[] = [];
    for (const [index, member] of value.entries()) {
      const one = of(member as Json, `${path}[${index}]`);
      if (isRefusal(one)) return one;
      read.push(one);
    }
    return read;
  };
}

/** A member that may be absent. */
export function optional<T>(template: Template<T>): Template<T | undefined> {
  return (value, path) => (value === undefined ? undefined : template(value, path));
}

type Members = Readonly<Record<string, Template<unknown>>>;
type MayBeAbsent<M extends Members> = {
  [Name in keyof M]: undefined extends Read<M[Name]> ? Name : never;
}[keyof M];
type ReadMembers<M extends Members> = {
  readonly [Name in Exclude<keyof M, MayBeAbsent<M>>]: Read<M[Name]>;
} & { readonly [Name in MayBeAbsent<M>]?: Read<M[Name]> };

export function closed<M extends Members>(members: M): Template<ReadMembers<M>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return misfit(path, 'an object');
    const given = value as Readonly<Record<string, Json>>;
    const unknown = Object.keys(given).find((member) => !Object.hasOwn(members, member));
    if (unknown !== undefined) return misfit(path, `without the member ${unknown.slice(0, 40)}`);
    const read: Record<string, unknown> = {};
    for (const [member, template] of Object.entries(members)) {
      const one = template(Object.hasOwn(given, member) ? given[member] : undefined, `${path}.${member}`);
      if (isRefusal(one)) return one;
      if (one !== undefined) read[member] = one;
    }
    return read as ReadMembers<M>;
  };
}
