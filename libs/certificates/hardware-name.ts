/** hardwareModuleName (RFC 4108 §5): a module's class as hardware type, and its serial, in subjectAltName. */
import { ascii, concat } from '#libs/kernel/bytes.ts';
import { PRINTABLE, TAG, explicit, octetString, oid, sequence } from './der.ts';
import { type DerReader, Malformed } from './der-reader.ts';
import { OID } from './oids.ts';

/** GeneralNames with one otherName: hardwareModuleName {hwType, hwSerialNum}. */
export function hardwareName(moduleClass: string, serial: string): Uint8Array {
  const value = sequence(oid(hardwareType(moduleClass)), octetString(ascii(serial)));
  return sequence(explicit(0, concat(oid(OID.hardwareModuleName), explicit(0, value))));
}

/** A module class as hardware type: its ASCII octets as arcs, so that each can be read from the other. */
export function hardwareType(moduleClass: string): string {
  return [OID.hardwareTypes, ...ascii(moduleClass)].join('.');
}

function moduleClassOf(type: string): string {
  const arcs = type.startsWith(`${OID.hardwareTypes}.`) ? type.slice(OID.hardwareTypes.length + 1).split('.') : [];
  if (arcs.length === 0 || arcs.length > 64) throw new Malformed('an unknown hardware type');
  const letters = arcs.map(Number);
  if (letters.some((letter) => letter < 0x21 || letter > 0x7e))
    throw new Malformed('a hardware type that spells no class');
  return Buffer.from(letters).toString('latin1');
}

/** Class and serial out of GeneralNames that `hardwareName` wrote. Throws `Malformed`. */
export function readHardwareName(from: DerReader): { moduleClass: string; serial: string } {
  const names = from.enter();
  from.end();
  const other = names.enter(0xa0);
  names.end();
  if (other.oid() !== OID.hardwareModuleName) throw new Malformed('no hardwareModuleName');
  const value = other.enter(0xa0);
  other.end();
  const pair = value.enter();
  value.end();
  const moduleClass = moduleClassOf(pair.oid());
  const serial = Buffer.from(pair.take(TAG.OCTET_STRING).value).toString('latin1');
  pair.end();
  if (!PRINTABLE.test(serial)) throw new Malformed('a serial that no name can carry');
  return { moduleClass, serial };
}
