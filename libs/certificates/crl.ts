/** Certificate revocation lists, version 2 (RFC 5280 §5): numbered, signed by the CA whose certificates they name. */
import { equal } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { TAG, enumerated, explicit, integer, octetString, oid, sequence, time, unsigned } from './der.ts';
import { DerReader, Malformed, parsed } from './der-reader.ts';
import { fromDerSignature, verifyRaw } from './ecdsa.ts';
import { OID } from './oids.ts';
import { ALGORITHM, type Sign, assemble, extensions } from './x509.ts';

/** CRLReason of RFC 5280 §5.3.1. */
export const REASONS = { keyCompromise: 1, certificateHold: 6 } as const;

export interface Revoked {
  /** Big-endian octets. */
  readonly serial: Uint8Array;
  readonly at: Seconds;
  readonly reason: keyof typeof REASONS;
}

/** What a list says, whoever signs it. */
interface Listing {
  /** Subject of the CA, DER. */
  readonly issuer: Uint8Array;
  /** Key identifier of the CA, 20 octets. */
  readonly issuerKeyId: Uint8Array;
  /** Rises with every list. */
  readonly number: number;
  readonly thisUpdate: Seconds;
  readonly nextUpdate: Seconds;
  readonly revoked: readonly Revoked[];
}

export interface RevocationListIssue extends Omit<Listing, 'issuer' | 'issuerKeyId'> {
  readonly issuer: { readonly name: Uint8Array; readonly keyId: Uint8Array; readonly sign: Sign };
}

export interface RevocationList extends Listing {
  readonly tbs: Uint8Array;
  /** 64 octets r‖s. */
  readonly signature: Uint8Array;
  readonly serials: readonly Uint8Array[];
}

function extensionDer(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), octetString(value));
}

function revokedDer({ serial, at, reason }: Revoked): Uint8Array {
  return sequence(unsigned(serial), time(at), sequence(extensionDer(OID.crlReason, enumerated(REASONS[reason]))));
}

/** TBSCertList, DER. */
function tbsOf(it: Listing): Uint8Array {
  const keyId = extensions.authorityKeyId(it.issuerKeyId);
  return sequence(
    integer(1),
    ALGORITHM,
    it.issuer,
    time(it.thisUpdate),
    time(it.nextUpdate),
    ...(it.revoked.length === 0 ? [] : [sequence(...it.revoked.map(revokedDer))]),
    explicit(0, sequence(extensionDer(keyId.oid, keyId.value), extensionDer(OID.crlNumber, integer(it.number)))),
  );
}

/** CertificateList, DER. */
export function issueRevocationList({ issuer, ...it }: RevocationListIssue): Uint8Array {
  const tbs = tbsOf({ ...it, issuer: issuer.name, issuerKeyId: issuer.keyId });
  return assemble(tbs, issuer.sign(tbs));
}

/** About twenty thousand revoked certificates. */
export const LIST_OCTETS_MAX = 1_000_000;

/**
 * Reads a list; refuses BAD_CRL. Accepts only what `issueRevocationList` writes: a delta or a partial list
 * (RFC 5280 §5.2.4, §5.2.5) is refused and never taken for the whole one.
 */
export function parseRevocationList(der: Uint8Array): RevocationList | Refusal {
  return parsed(der, { code: 'BAD_CRL', what: 'revocation list', octetsMax: LIST_OCTETS_MAX }, (from) => {
    const outer = from.enter();
    from.end();
    const { whole: tbs } = outer.take(TAG.SEQUENCE);
    if (!equal(outer.any().whole, ALGORITHM)) throw new Malformed('another algorithm');
    const signature = fromDerSignature(outer.bits());
    outer.end();
    const listing = readTbs(new DerReader(tbs).enter());
    if (!equal(tbsOf(listing), tbs)) throw new Malformed('a list that is written in another way');
    return { ...listing, tbs, signature, serials: listing.revoked.map((one) => one.serial) };
  });
}

/** The fields; whatever else stands there shows when the list is written again and compared. */
function readTbs(from: DerReader): Listing {
  from.unsigned();
  from.any();
  const issuer = from.take(TAG.SEQUENCE).whole;
  const [thisUpdate, nextUpdate] = [from.time(), from.time()];
  const revoked = from.next === TAG.SEQUENCE ? readRevoked(from.enter()) : [];
  const within = from.enter(0xa0).enter();
  const issuerKeyId = readExtension(within, OID.authorityKeyIdentifier).enter().take(0x80).value;
  const number = readExtension(within, OID.crlNumber).safeInteger();
  return { issuer, issuerKeyId, number, thisUpdate, nextUpdate, revoked };
}

function readExtension(from: DerReader, type: string): DerReader {
  const extension = from.enter();
  if (extension.oid() !== type) throw new Malformed('another extension than expected');
  return new DerReader(extension.take(TAG.OCTET_STRING).value);
}

function readRevoked(from: DerReader): readonly Revoked[] {
  const revoked: Revoked[] = [];
  while (from.left > 0) {
    const one = from.enter();
    const [serial, at] = [one.unsigned(), one.time()];
    const [code] = readExtension(one.enter(), OID.crlReason).take(TAG.ENUMERATED).value;
    const reason = (Object.keys(REASONS) as (keyof typeof REASONS)[]).find((name) => REASONS[name] === code);
    if (reason === undefined) throw new Malformed('an unknown reason');
    revoked.push({ serial, at, reason });
  }
  return revoked;
}

/** Whether the CA's key signed the list; throws on octets that are no key. */
export function revocationListSignatureHolds(list: RevocationList, issuerSpki: Uint8Array): boolean {
  return verifyRaw(list.tbs, list.signature, keyFromSpki(issuerSpki));
}

export function isRevoked(list: RevocationList, serial: Uint8Array): boolean {
  return list.serials.some((one) => equal(one, serial));
}
