/** Fields of forms: what a person types or chooses, and how it is read. What is not exactly one thing is a fault, in a sentence. */
import { type Json, canonical, isList, isObject, memberText, parseCanonical } from '../../checks/canonical.ts';
import { thumbprint } from '../../checks/hash.ts';
import { fromBase64url, toBase64url } from '../../checks/octets.ts';
import { words } from '../../words/words.ts';
import { serialsIn } from './serials.ts';

export type FieldType =
  | 'name'
  | 'hash'
  | 'card'
  | 'unit'
  | 'station'
  | 'stations'
  | 'serial'
  | 'serials'
  | 'moduleClass'
  | 'operator'
  | 'custodians'
  | 'roles'
  | 'oneOf'
  | 'hours'
  | 'days'
  | 'credential'
  | 'passkeyCredential'
  | 'divergence'
  | 'moment'
  | 'certificate'
  | 'root'
  | 'document'
  | 'issuer'
  | 'witness'
  | 'instead';

export interface Field {
  /** As the question of the platform names it. */
  readonly name: string;
  readonly type: FieldType;
  /** Of `oneOf`: what can be chosen. */
  readonly of?: readonly string[];
  /** What stands in it at the beginning. */
  readonly first?: string;
}

export type Values = Readonly<Record<string, string>>;
/** What goes to the platform with the question, by name. */
export type Said = Readonly<Record<string, Json>>;
export type Reading = { readonly said: Said } | { readonly fault: string };

const text = words.asking.faults;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/;
export const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const ISSUER = /^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~/-]*)?$/;
const VERIFIER_KEY = /^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{1,120}={0,2}$/;
/** Left empty, they say something too. */
const MAY_BE_EMPTY: readonly FieldType[] = ['moment', 'instead'];
const HOURS_MAX = 8760;
const DAYS_MAX = 36_500;

const fault = (sentence: string): Reading => ({ fault: sentence });

/** All fields of a form; or the faults, by field. */
export async function readAll(
  fields: readonly Field[],
  values: Values,
): Promise<{ readonly said: Said } | { readonly faults: Values }> {
  const read = await Promise.all(fields.map(async (field) => ({ field, it: await readField(field, values) })));
  const faults = read.flatMap(({ field, it }) => ('fault' in it ? [[field.name, it.fault] as const] : []));
  if (faults.length > 0) return { faults: Object.fromEntries(faults) };
  return { said: Object.assign({}, ...read.map(({ it }) => ('said' in it ? it.said : {}))) as Said };
}

async function readField({ name, type, of }: Field, values: Values): Promise<Reading> {
  const given = (values[name] ?? '').trim();
  if (given === '' && !MAY_BE_EMPTY.includes(type)) return fault(text.missing);
  const one = (holds: boolean, sentence: string): Reading => (holds ? { said: { [name]: given } } : fault(sentence));
  switch (type) {
    case 'name':
    case 'card':
    case 'unit':
    case 'station':
    case 'serial':
    case 'moduleClass':
    case 'operator':
      return one(NAME.test(given), text.name);
    case 'hash':
    case 'root':
      return hashIn(name, given);
    case 'oneOf':
      return one(of?.includes(given) === true, text.missing);
    case 'issuer':
      return one(ISSUER.test(given) && given.length <= 200, text.issuer);
    case 'witness':
      return one(VERIFIER_KEY.test(given), text.witness);
    case 'instead':
      return given === '' ? { said: {} } : one(NAME.test(given), text.name);
    case 'stations':
    case 'custodians':
    case 'roles':
      return listIn(name, type, given);
    case 'serials':
      return serialsRead(name, given);
    case 'hours':
      return countIn(name, given, HOURS_MAX);
    case 'days':
      return countIn(name, given, DAYS_MAX);
    case 'credential':
    case 'passkeyCredential':
      return credentialIn(given, type === 'passkeyCredential');
    case 'divergence':
    case 'moment':
      return given === '' ? { said: {} } : objectIn(given);
    case 'certificate':
      return certificateIn(name, given);
    case 'document':
      return documentIn(name, given);
  }
}

/** In groups of four is the same. */
function hashIn(name: string, given: string): Reading {
  const hash = given.replace(/\s/g, '');
  return HASH.test(hash) ? { said: { [name]: hash } } : fault(text.hash);
}

function countIn(name: string, given: string, most: number): Reading {
  const count = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  return count >= 1 && count <= most ? { said: { [name]: count } } : fault(text.count(most));
}

function listIn(name: string, type: 'stations' | 'custodians' | 'roles', given: string): Reading {
  const all = given.split(/[\s,;]+/).filter((one) => one !== '');
  if (!all.every((one) => NAME.test(one))) return fault(text.name);
  if (new Set(all).size !== all.length) return fault(text.twice);
  if (type === 'custodians' && all.length !== 2) return fault(text.two);
  return all.length <= 16 ? { said: { [name]: all } } : fault(text.tooMany(16));
}

function serialsRead(name: string, given: string): Reading {
  const { serials, wrong } = serialsIn(given);
  if (wrong !== null) return fault(wrong);
  return { said: { [name]: serials } };
}

/** A thumbprint; or the public key itself as JWK, or all that the page of passkeys shows. */
async function credentialIn(given: string, mayBePasskey: boolean): Promise<Reading> {
  if (HASH.test(given.replace(/\s/g, ''))) return hashIn('credential', given);
  const { key, passkey } = publicKeyIn(given);
  if (key === null) return fault(text.credential);
  const pins = mayBePasskey && passkey !== null ? { passkey } : {};
  return { said: { credential: await thumbprint(key), ...pins } };
}

export interface PublicKey {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** The public key in what was pasted, and what a passkey's enrolment pins beside it. */
export function publicKeyIn(given: string): { readonly key: PublicKey | null; readonly passkey: Said | null } {
  const nothing = { key: null, passkey: null };
  try {
    const value = JSON.parse(given.replace(/\nThumbprint [\w-]+\s*$/, '')) as Json;
    if (!isObject(value)) return nothing;
    const inner = isObject(value['credential']) ? value['credential'] : value;
    const said = (member: string): string => memberText(inner, member);
    const key = { crv: said('crv'), kty: said('kty'), x: said('x'), y: said('y') };
    if (key.crv !== 'P-256' || key.kty !== 'EC' || key.x === '' || key.y === '') return nothing;
    return { key, passkey: isObject(value['passkey']) ? value['passkey'] : null };
  } catch {
    return nothing;
  }
}

/** What a choice of the page itself holds. */
function objectIn(given: string): Reading {
  const value = parseCanonical(given);
  return value !== null && isObject(value) ? { said: value } : fault(text.missing);
}

/** PEM, or DER as base64url. */
export function certificateIn(name: string, given: string): Reading {
  const [, pem] = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/.exec(given) ?? [];
  const octets = pem === undefined ? fromBase64url(given) : fromPem(pem);
  return octets === null || octets.length === 0 ? fault(text.certificate) : { said: { [name]: toBase64url(octets) } };
}

function fromPem(base64: string): Uint8Array | null {
  return fromBase64url(base64.replace(/\s|=/g, '').replaceAll('+', '-').replaceAll('/', '_'));
}

/** The whole set; written in canonical form here, whatever spaces it came with. */
function documentIn(name: string, given: string): Reading {
  try {
    const value = JSON.parse(given) as Json;
    return isObject(value) && !isList(value) ? { said: { [name]: canonical(value) } } : fault(text.document);
  } catch {
    return fault(text.document);
  }
}
