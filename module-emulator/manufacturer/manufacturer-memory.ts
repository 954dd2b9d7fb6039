/** What a manufacturer of modules and cards keeps in his safe: one sealed image with the keys of his authorities. */
import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  type AuthorityKind,
  type Issuer,
  issueAuthority,
  issueRoot,
  parseAuthority,
} from '#libs/certificates/authority.ts';
import { type Revoked } from '#libs/certificates/crl.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { hashId, publicHalf, spkiOf } from '#libs/kernel/hash.ts';
import { Recent } from '#libs/kernel/recent.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';

/** Octets are base64url text, private keys PKCS #8. */
export interface ManufacturerMemory {
  readonly organization: string;
  readonly root: KeptAuthority;
  /** Certifies modules, and nothing else. */
  readonly identityCa: KeptAuthority;
  /** Certifies customers' chip cards, and nothing else. */
  readonly customerCa: KeptAuthority;
  /** Vouches for the device keys of chip cards. */
  readonly cardMakerKey: string;
  readonly crlNumber: number;
  readonly revoked: readonly KeptRevocation[];
}

export interface KeptAuthority {
  readonly key: string;
  readonly certificate: string;
}

export interface KeptRevocation {
  /** Serial number of the card CA certificate. */
  readonly serial: string;
  readonly at: Seconds;
  readonly reason: Revoked['reason'];
}

export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return toBase64url(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
}

export function octetsOf(member: string): Uint8Array {
  const octets = fromBase64url(member);
  if (octets === null) throw new Error('a member of the image is not base64url');
  return octets;
}

/** Named by their digest, so that no secret text is kept. */
const OPENED = new Recent<KeyObject>(64);

function keyOf(member: string): KeyObject {
  const der = octetsOf(member);
  return OPENED.get(hashId(der), () => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
}

export function signWith(member: string, octets: Uint8Array): Uint8Array {
  return signRaw(octets, keyOf(member));
}

/** SubjectPublicKeyInfo, DER. */
export function spkiWith(member: string): Uint8Array {
  return spkiOf(publicHalf(keyOf(member)));
}

/** An authority as the issuer of what it certifies. */
export function issuerOf(authority: KeptAuthority): Issuer {
  const parsed = parseAuthority(octetsOf(authority.certificate));
  if (isRefusal(parsed)) throw new Error('the manufacturer keeps certificates that can be read');
  return { name: parsed.name, keyId: parsed.keyId, sign: (tbs) => signWith(authority.key, tbs) };
}

/** Validity of the root and of both CAs, in seconds: 30 years. */
const VALIDITY: Seconds = 30 * 365 * 86_400;

/** A new manufacturer: root, module identity CA, customer signing CA, card maker's key. */
export function foundedManufacturer(organization: string, now: Seconds): ManufacturerMemory {
  const window = { organization, notBefore: now, notAfter: now + VALIDITY };
  const rootKey = newKey();
  const certificate = issueRoot({ ...window, spki: spkiWith(rootKey), sign: (tbs) => signWith(rootKey, tbs) });
  const root: KeptAuthority = { key: rootKey, certificate: toBase64url(certificate) };
  const authority = (kind: AuthorityKind): KeptAuthority => {
    const key = newKey();
    const der = issueAuthority({ ...window, kind, spki: spkiWith(key), issuer: issuerOf(root) });
    return { key, certificate: toBase64url(der) };
  };
  return {
    organization,
    root,
    identityCa: authority('module-identity'),
    customerCa: authority('customer-signing'),
    cardMakerKey: newKey(),
    crlNumber: 0,
    revoked: [],
  };
}
