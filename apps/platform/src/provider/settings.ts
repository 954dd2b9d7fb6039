/** The OpenID Connect provider of a deployment, as its operator wrote it down beside the record. None is the default. */
import { isRefusal } from '#libs/kernel/refusal.ts';
import { issuerText } from '#libs/kernel/provider-sign-in.ts';
import { type Read, closed, optional, text } from '#libs/kernel/template.ts';
import { unusable, writtenByHand } from '../by-hand.ts';

export const PROVIDER_FILE = 'provider.json';

const settings = closed({
  issuer: issuerText,
  clientId: text(200, /^[!-~]+$/),
  /** Of a confidential client; a public one has none, and PKCE all the same. */
  clientSecret: optional(text(400, /^[ -~]+$/)),
  /** Where the provider sends the browser back to, letter by letter as registered there. */
  redirectUri: text(400, /^https?:\/\/[!-~]+$/),
});

export type ProviderSettings = Read<typeof settings>;

/** Null where there is no such file. Throws one clear sentence, without any secret in it, where it makes no sense. */
export function readProvider(file: string): ProviderSettings | null {
  const written = writtenByHand(file);
  if (written === null) return null;
  const read = settings(written.value as never, 'provider'); // the template reads it
  if (isRefusal(read)) throw unusable(file, read.message.replace(/\.$/, ''));
  for (const address of [read.issuer, read.redirectUri])
    if (!isSafe(address)) throw unusable(file, `${address} is neither https nor http of this machine`);
  return read;
}

/** What is asked over a network is asked over TLS; on one machine it need not be. */
export function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}
