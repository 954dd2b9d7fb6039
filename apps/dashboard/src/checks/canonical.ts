/** Canonical JSON (RFC 8785): members sorted by UTF-16 code units. Written anew here; nothing is shared with the platform. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** What the text says, or null where it is no JSON or not its own canonical form. */
export function parseCanonical(text: string): Json | null {
  try {
    const value = JSON.parse(text) as Json;
    return canonical(value) === text ? value : null;
  } catch {
    return null;
  }
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is a text; empty where it is none. */
export function memberText(of: Readonly<Record<string, Json>>, name: string): string {
  const value = of[name];
  return typeof value === 'string' ? value : '';
}
