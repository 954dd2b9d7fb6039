/** What an emulated chip card shows of itself, as one with a display in its body would: its own key, and no server's word. */
import { type Shown, shows } from '#libs/local/display.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { type CardMemory, publicSpki } from './memory.ts';

/** Nothing before its signing key is born, or after it was erased. */
export function cardShows({ signingKey }: CardMemory): readonly Shown[] {
  if (signingKey === null) return [];
  const named = thumbprint(publicJwk(keyFromSpki(publicSpki(signingKey))));
  return [shows('signing key', fromBase64url(named) ?? new Uint8Array(16))];
}
