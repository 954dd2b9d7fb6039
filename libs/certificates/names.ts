/** Distinguished names (RFC 5280 §4.1.2.4), one attribute per set, in the order O, CN, serialNumber. */
import { TAG, explicit, oid, printableString, sequence, set, utf8String } from './der.ts';
import { type DerReader, Malformed } from './der-reader.ts';
import { OID } from './oids.ts';

export interface Name {
  readonly organization: string;
  readonly commonName: string;
  /** PrintableString: a module's serial. */
  readonly serialNumber?: string;
}

/** Upper bound of organization, common name and serial number (RFC 5280 appendix A.1). */
const LENGTH_MAX = 64;

const attribute = (type: string, value: Uint8Array): Uint8Array => set(sequence(oid(type), value));

export function organizationName(organization: string): Uint8Array {
  return sequence(attribute(OID.organization, utf8String(organization)));
}

export function nameDer(name: Name): Uint8Array {
  const serial =
    name.serialNumber === undefined ? [] : [attribute(OID.serialNumber, printableString(name.serialNumber))];
  return sequence(
    attribute(OID.organization, utf8String(name.organization)),
    attribute(OID.commonName, utf8String(name.commonName)),
    ...serial,
  );
}

/** NameConstraints: permitted subtree directoryName O=organization (RFC 5280 §4.2.1.10). */
export function permittedNames(organization: string): Uint8Array {
  return sequence(explicit(0, sequence(explicit(4, organizationName(organization)))));
}

/** Reads what `nameDer` writes and nothing else. Throws `Malformed`. */
export function readName(from: DerReader): Name {
  const inner = from.enter();
  const organization = readAttribute(inner, OID.organization);
  const commonName = readAttribute(inner, OID.commonName);
  const rest = inner.left > 0 ? { serialNumber: readAttribute(inner, OID.serialNumber) } : {};
  inner.end();
  return { organization, commonName, ...rest };
}

function readAttribute(from: DerReader, type: string): string {
  const within = from.enter(TAG.SET);
  const pair = within.enter();
  within.end();
  if (pair.oid() !== type) throw new Malformed('an attribute of a name that is not used here');
  const text = type === OID.serialNumber ? pair.printable() : pair.utf8();
  pair.end();
  if (text.length === 0 || text.length > LENGTH_MAX)
    throw new Malformed('an attribute of a name that is empty or too long');
  return text;
}
