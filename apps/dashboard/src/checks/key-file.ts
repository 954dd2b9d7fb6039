/** Opens a private key from a file in this browser: PEM (PKCS #8, plain or encrypted with PBES2) or JWK. It never leaves the page. */
import { type Der, integerOf, oidOf, readDer } from './der.ts';
import { type P256Jwk, thumbprint } from './hash.ts';
import { type Octets, type WebKey, concat, utf8 } from './octets.ts';

export interface OpenKey {
  readonly key: WebKey;
  /** RFC 7638 thumbprint of its public half. */
  readonly kid: string;
}

type Jwk = Partial<Record<'crv' | 'kty' | 'x' | 'y' | 'd', string>>;

export type KeyFault = 'no-key' | 'passphrase-needed' | 'passphrase-wrong' | 'other-kind';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const HMACS: Readonly<Record<string, string>> = { '1.2.840.113549.2.9': 'SHA-256', '1.2.840.113549.2.11': 'SHA-512' };
const CIPHERS: Readonly<Record<string, number>> = { '2.16.840.1.101.3.4.1.42': 256, '2.16.840.1.101.3.4.1.2': 128 };

export async function openKeyFile(text: string, passphrase: string): Promise<OpenKey | KeyFault> {
  if (text.trimStart().startsWith('{')) return fromJwk(text);
  const [, label = '', base64 = ''] = /-----BEGIN ([A-Z ]+)-----([\s\S]+?)-----END/.exec(text) ?? [];
  const octets = Uint8Array.from(atobOrNothing(base64.replace(/\s/g, '')), (letter) => letter.charCodeAt(0));
  if (label === 'PRIVATE KEY') return fromPkcs8(octets, 'other-kind');
  if (label !== 'ENCRYPTED PRIVATE KEY') return 'no-key';
  if (passphrase === '') return 'passphrase-needed';
  const plain = await decrypted(octets, passphrase);
  return typeof plain === 'string' ? plain : fromPkcs8(plain, 'passphrase-wrong');
}

function atobOrNothing(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

async function fromPkcs8(octets: Octets, fault: KeyFault): Promise<OpenKey | KeyFault> {
  try {
    const known = await crypto.subtle.importKey('pkcs8', octets, P256, true, ['sign']);
    return await withoutWayOut(await crypto.subtle.exportKey('jwk', known));
  } catch {
    return fault;
  }
}

async function fromJwk(text: string): Promise<OpenKey | KeyFault> {
  try {
    return await withoutWayOut(JSON.parse(text) as Jwk);
  } catch {
    return 'no-key';
  }
}

/** The key as this page keeps it: it signs, and cannot be read out again. */
async function withoutWayOut(jwk: Jwk): Promise<OpenKey | KeyFault> {
  const { crv = '', kty = '', x = '', y = '', d = '' } = jwk;
  if (crv !== 'P-256' || kty !== 'EC') return 'other-kind';
  const key = await crypto.subtle.importKey('jwk', { crv, kty, x, y, d }, P256, false, ['sign']);
  const half: P256Jwk = { crv, kty, x, y };
  return { key, kid: await thumbprint(half) };
}

/** EncryptedPrivateKeyInfo under PBES2 (RFC 8018): PBKDF2 and AES-CBC, as OpenSSL and Node write it. */
async function decrypted(octets: Octets, passphrase: string): Promise<Octets | KeyFault> {
  try {
    const [algorithm, sealed] = readDer(octets)[0]?.inner ?? [];
    const [scheme, parameters] = algorithm?.inner ?? [];
    const [derivation, cipher] = parameters?.inner ?? [];
    const [cipherName, iv] = cipher?.inner ?? [];
    if (!isNamed(scheme, PBES2) || !isNamed(derivation?.inner[0], PBKDF2) || sealed === undefined) return 'other-kind';
    const length = cipherName === undefined ? undefined : CIPHERS[oidOf(cipherName)];
    if (length === undefined || iv === undefined) return 'other-kind';
    const key = await derivedKey(derivation?.inner[1], { passphrase, length });
    if (key === null) return 'other-kind';
    const plain = await crypto.subtle.decrypt({ name: 'AES-CBC', iv: concat(iv.content) }, key, sealed.content);
    return new Uint8Array(plain);
  } catch {
    return 'passphrase-wrong';
  }
}

function isNamed(element: Der | undefined, oid: string): boolean {
  return element !== undefined && oidOf(element) === oid;
}

async function derivedKey(
  parameters: Der | undefined,
  { passphrase, length }: { readonly passphrase: string; readonly length: number },
): Promise<WebKey | null> {
  const [salt, rounds, ...others] = parameters?.inner ?? [];
  const hmac = others.find(({ tag }) => tag === 0x30)?.inner[0];
  const hash = hmac === undefined ? 'SHA-1' : HMACS[oidOf(hmac)];
  if (salt === undefined || rounds === undefined || hash === undefined) return null;
  const base = await crypto.subtle.importKey('raw', utf8(passphrase), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash, salt: salt.content, iterations: integerOf(rounds) };
  return crypto.subtle.deriveKey(how, base, { name: 'AES-CBC', length }, false, ['decrypt']);
}
