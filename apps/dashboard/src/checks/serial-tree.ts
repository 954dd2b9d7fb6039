/** The root over a list of serials (RFC 6962 §2.1), computed here: what an order of many modules holds in the place of its list. */
import { sha256 } from './hash.ts';
import { type Octets, toBase64url, utf8 } from './octets.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** base64url; of unique serials in ascending order, of which there is one at least. */
export async function serialRoot(serials: readonly string[]): Promise<string> {
  return toBase64url(await rootOver(serials));
}

async function rootOver(serials: readonly string[]): Promise<Octets> {
  if (serials.length <= 1) return sha256(LEAF, utf8(serials[0] ?? ''));
  let half = 1;
  while (half * 2 < serials.length) half *= 2;
  return sha256(NODE, await rootOver(serials.slice(0, half)), await rootOver(serials.slice(half)));
}
