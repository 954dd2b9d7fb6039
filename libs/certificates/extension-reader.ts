/** Extensions of X.509 v3 as they are read here: minimal, bounded, and none that is critical unprocessed (RFC 5280 §4.2). */
import { TAG } from './der.ts';
import { DerReader, Malformed } from './der-reader.ts';
import { OID } from './oids.ts';
import { type Frame, extensionOf } from './x509.ts';

/** The DER inside an extension. Throws `Malformed` where it is missing. */
export function valueOf(certificate: Frame, type: string): DerReader {
  const extension = extensionOf(certificate, type);
  if (extension === null) throw new Malformed('an extension is missing');
  return new DerReader(extension.value);
}

/** The octets of the one OCTET STRING in an extension. Throws `Malformed`. */
export function onlyOctets(from: DerReader): Uint8Array {
  const { value } = from.take(TAG.OCTET_STRING);
  from.end();
  return value;
}

/** Refuses a critical extension that the reader does not process (RFC 5280 §4.2). Throws `Malformed`. */
export function processesCritical(certificate: Frame, known: readonly string[]): void {
  if (certificate.extensions.some((one) => one.critical && !known.includes(one.oid)))
    throw new Malformed('an unknown critical extension');
}

/** BasicConstraints (RFC 5280 §4.2.1.9): `pathLen` null for any length or none. Throws `Malformed`. */
export function readBasicConstraints(from: DerReader): { isCa: boolean; pathLen: number | null } {
  const basic = from.enter();
  from.end();
  const isCa = basic.trueOrAbsent();
  const pathLen = isCa && basic.left > 0 ? basic.safeInteger() : null;
  basic.end();
  return { isCa, pathLen };
}

/** Policies by their identifiers, without qualifiers; none where the extension is missing. Throws `Malformed`. */
export function readPolicies(certificate: Frame): readonly string[] {
  if (extensionOf(certificate, OID.certificatePolicies) === null) return [];
  const outer = valueOf(certificate, OID.certificatePolicies);
  const from = outer.enter();
  outer.end();
  const policies: string[] = [];
  while (from.left > 0) {
    const one = from.enter();
    policies.push(one.oid());
    one.end();
  }
  return policies;
}
