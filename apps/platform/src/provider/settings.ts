/** The OpenID Connect provider of a deployment, as its operator wrote it down beside the record. None is the default. */
import { Buffer } from 'node:buffer';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { issuerText } from '#libs/kernel/provider-sign-in.ts';
import { type Read, closed, optional, text } from '#libs/kernel/template.ts';
import { readWhole } from '#libs/local/durable-file.ts';

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
  const octets = readWhole(file);
  if (octets === null) return null;
  const read = settings(parsed(octets), 'provider');
  if (isRefusal(read)) throw bad(file, read.message.replace(/\.$/, ''));
  for (const address of [read.issuer, read.redirectUri])
    if (!isSafe(address)) throw bad(file, `${address} is neither https nor http of this machine`);
  return read;
}

/** What is asked over a network is asked over TLS; on one machine it need not be. */
export function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}

function parsed(octets: Uint8Array) {
  try {
    return JSON.parse(Buffer.from(octets).toString('utf8')) as never; // the template reads it
  } catch {
    return undefined; // said by the caller
  }
}

function bad(file: string, why: string): Error {
  return new Error(`The file ${file} cannot be used: ${why}.`);
}
