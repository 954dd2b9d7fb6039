/** Octets and their spellings, strict: what is not exactly one spelling is null. */
export type Octets = Uint8Array<ArrayBuffer>;

/** A key inside WebCrypto. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.deriveKey>>;

export function utf8(text: string): Octets {
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Octets {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}

export function toHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

export function toBase64(octets: Uint8Array): string {
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));
}

export function toBase64url(octets: Uint8Array): string {
  return toBase64(octets).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function fromBase64(text: string): Octets | null {
  const octets = decoded(text);
  return octets !== null && toBase64(octets) === text ? octets : null;
}

export function fromBase64url(text: string): Octets | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const octets = decoded(text.replaceAll('-', '+').replaceAll('_', '/'));
  return octets !== null && toBase64url(octets) === text ? octets : null;
}

function decoded(text: string): Octets | null {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
