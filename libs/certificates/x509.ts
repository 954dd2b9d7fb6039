/** The frame of every X.509 v3 certificate here: P-256, ecdsa-with-SHA256, extensions by table (RFC 5280 §4.1). */
import { concat, equal } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import {
  TAG,
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  time,
  unsigned,
} from './der.ts';
import { DerReader, Malformed, parsed } from './der-reader.ts';
import { fromDerSignature, toDerSignature } from './ecdsa.ts';
import { OID } from './oids.ts';
import { isP256Spki, pointOf } from './p256.ts';

export const CERTIFICATE_OCTETS_MAX = 4096;

/** Signs a TBSCertificate: 64 octets r‖s. The key may lie in a device. */
export type Sign = (tbs: Uint8Array) => Uint8Array;

export const ALGORITHM = sequence(oid(OID.ecdsaWithSha256));

/** First 20 octets of SHA-256 of the point (RFC 7093 §2, method 1). */
export function keyIdOf(spki: Uint8Array): Uint8Array {
  return sha256(pointOf(spki)).slice(0, 20);
}

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER inside the OCTET STRING. */
  readonly value: Uint8Array;
}

export interface Frame {
  /** Big-endian octets, positive, at most 20. */
  readonly serial: Uint8Array;
  /** Names, DER. */
  readonly issuer: Uint8Array;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Extension[];
}

function extensionDer({ oid: type, critical, value }: Extension): Uint8Array {
  return sequence(oid(type), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** TBSCertificate, DER. */
export function tbsOf(it: Frame): Uint8Array {
  return sequence(
    explicit(0, integer(2)),
    unsigned(it.serial),
    ALGORITHM,
    it.issuer,
    sequence(time(it.notBefore), time(it.notAfter)),
    it.subject,
    it.spki,
    explicit(3, sequence(...it.extensions.map(extensionDer))),
  );
}

/** Certificate, DER, from its TBSCertificate and the 64 octets of its signature. */
export function assemble(tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(tbs, ALGORITHM, bitString(toDerSignature(signature)));
}

export interface Certificate extends Frame {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  /** 64 octets r‖s. */
  readonly signature: Uint8Array;
}

/** Reads any certificate of this frame; refuses BAD_CERTIFICATE. */
export function parseCertificate(der: Uint8Array): Certificate | Refusal {
  return parsed(der, { code: 'BAD_CERTIFICATE', what: 'certificate', octetsMax: CERTIFICATE_OCTETS_MAX }, (from) => {
    const outer = from.enter();
    from.end();
    const { whole: tbs } = outer.take(TAG.SEQUENCE);
    sameAs(outer, ALGORITHM);
    const signature = fromDerSignature(outer.bits());
    outer.end();
    return { ...readTbs(tbs), der, tbs, signature };
  });
}

function sameAs(from: DerReader, expected: Uint8Array): void {
  if (!equal(from.any().whole, expected)) throw new Malformed('another algorithm than ecdsa-with-SHA256');
}

function readTbs(octets: Uint8Array): Frame {
  const from = new DerReader(octets).enter();
  const version = from.enter(0xa0);
  if (version.safeInteger() !== 2) throw new Malformed('not version 3');
  version.end();
  const serial = from.unsigned();
  if (serial.length > 20) throw new Malformed('a serial number longer than 20 octets');
  sameAs(from, ALGORITHM);
  const issuer = from.take(TAG.SEQUENCE).whole;
  const validity = from.enter();
  const [notBefore, notAfter] = [validity.time(), validity.time()];
  validity.end();
  if (notBefore > notAfter) throw new Malformed('the validity ends before it begins');
  const subject = from.take(TAG.SEQUENCE).whole;
  const spki = from.take(TAG.SEQUENCE).whole;
  if (!isP256Spki(spki)) throw new Malformed('not a P-256 key');
  const extensions = readExtensions(from.enter(0xa3));
  from.end();
  return { serial, issuer, notBefore, notAfter, subject, spki, extensions };
}

function readExtensions(within: DerReader): readonly Extension[] {
  const from = within.enter();
  within.end();
  const extensions: Extension[] = [];
  while (from.left > 0) {
    const one = from.enter();
    const type = one.oid();
    const critical = one.trueOrAbsent();
    const { value } = one.take(TAG.OCTET_STRING);
    one.end();
    if (extensions.some((known) => known.oid === type)) throw new Malformed('an extension stands twice');
    extensions.push({ oid: type, critical, value });
  }
  return extensions;
}

export const extensions = {
  authorityKeyId: (keyId: Uint8Array): Extension => ({
    oid: OID.authorityKeyIdentifier,
    critical: false,
    value: sequence(implicit(0, keyId)),
  }),
  subjectKeyId: (keyId: Uint8Array): Extension => ({
    oid: OID.subjectKeyIdentifier,
    critical: false,
    value: octetString(keyId),
  }),
  /** Bits in one octet, most significant first, and how many of its low bits are unused. */
  keyUsage: (bits: number, unused: number): Extension => ({
    oid: OID.keyUsage,
    critical: true,
    value: bitString(Uint8Array.of(bits), unused),
  }),
  notAuthority: (): Extension => ({ oid: OID.basicConstraints, critical: true, value: sequence() }),
  /** `pathLen` null: any length. */
  authority: (pathLen: number | null): Extension => ({
    oid: OID.basicConstraints,
    critical: true,
    value: sequence(boolean(true), ...(pathLen === null ? [] : [integer(pathLen)])),
  }),
  policies: (...oids: readonly string[]): Extension => ({
    oid: OID.certificatePolicies,
    critical: false,
    value: sequence(...oids.map((one) => sequence(oid(one)))),
  }),
};

/** keyUsage: bits in the first octet and unused bits. A card CA signs certificates, its CRL is another key's (RFC 5280 §4.2.1.3). */
export const USAGE = { digitalSignature: [0x80, 7], keyCertSign: [0x04, 2], keyCertAndCrlSign: [0x06, 1] } as const;

/** TBSCertificate whose serial number follows from all the rest: `01` and 19 octets of SHA-256 of it with serial 1. */
export function tbsWithDerivedSerial(it: Omit<Frame, 'serial'>): Uint8Array {
  const digest = sha256(tbsOf({ ...it, serial: Uint8Array.of(1) }));
  return tbsOf({ ...it, serial: concat(Uint8Array.of(1), digest.slice(0, 19)) });
}

export function extensionOf(certificate: Frame, type: string): Extension | null {
  return certificate.extensions.find((one) => one.oid === type) ?? null;
}
