/** Octets inside JSON messages: base64url on the wire, `Uint8Array` in the program. */
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Template, text } from '#libs/kernel/template.ts';

/** Template of base64url text of `min` to `max` octets; refuses a spelling that is not the canonical one. */
export function octets(min: number, max: number = min): Template<Uint8Array> {
  const spelling = text(Math.ceil((max * 4) / 3), /^[A-Za-z0-9_-]+$/);
  return (value, path) => {
    const read = spelling(value, path);
    if (isRefusal(read)) return read;
    const given = fromBase64url(read);
    if (given === null || given.length < min || given.length > max)
      return refuse('BAD_SHAPE', `${path} must be base64url of ${min} to ${max} octets.`);
    return given;
  };
}

/** What goes into a frame: objects, texts and integers stay, octets become base64url. */
export type Wired = string | number | Uint8Array | { readonly [member: string]: Wired };

export function wire(value: Wired): Json {
  if (value instanceof Uint8Array) return toBase64url(value);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([member, one]) => [member, wire(one)]));
}
