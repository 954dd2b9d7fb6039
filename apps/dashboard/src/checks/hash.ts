/** SHA-256 in this browser, and the ids that are made of it. */
import { type Octets, concat, toBase64url, utf8 } from './octets.ts';

export async function sha256(...parts: readonly Uint8Array[]): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

/** base64url(SHA-256(text)): how orders, founding and sets are named. */
export async function hashId(text: string): Promise<string> {
  return toBase64url(await sha256(utf8(text)));
}

export interface P256Jwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** RFC 7638 thumbprint of a P-256 key. */
export function thumbprint({ x, y }: P256Jwk): Promise<string> {
  return hashId(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`);
}
