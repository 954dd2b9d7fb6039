/**
 * Profile `module-operation-1`: the certificate of a security module in operation (IEEE 802.1AR LDevID).
 * It follows bit for bit from its input and the signature; what would not is refused when it is read.
 */
import { ascii, concat, equal, u64 } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { TAG, enumerated, integer, octetString, oid, sequence } from './der.ts';
import { DerReader, Malformed, parsed } from './der-reader.ts';
import { isLowS } from './ecdsa.ts';
import { valueOf } from './extension-reader.ts';
import { nameDer, readName } from './names.ts';
import { ENFORCEMENT_POLICY, type Enforcement, OID } from './oids.ts';
import {
  CERTIFICATE_OCTETS_MAX,
  type Certificate,
  USAGE,
  assemble,
  extensions,
  keyIdOf,
  parseCertificate,
  tbsOf,
} from './x509.ts';

export { assemble };

/** Name of the profile, and common name of every certificate of it. */
export const PROFILE = 'module-operation-1';

export const CERTIFIED_ASSURANCES = ['plausibility', 'manufacturer-anchored'] as const;
export type CertifiedAssurance = (typeof CERTIFIED_ASSURANCES)[number];

export interface ModuleOperation {
  readonly orderHash: Uint8Array;
  /** The module key, DER, 91 octets. */
  readonly spki: Uint8Array;
  /** Number of the card's log entry, from 1. */
  readonly logNumber: number;
  readonly previousLogHead: Uint8Array;
  /** Subject of the card CA, DER, copied octet for octet. */
  readonly issuerName: Uint8Array;
  /** 20 octets. */
  readonly issuerKeyId: Uint8Array;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
  readonly organization: string;
  readonly profile: string;
  readonly moduleSerial: string;
  readonly enforcement: Enforcement;
  /** SHA-256 of the SPKI of the station that the module may obey. */
  readonly stationKeyHash: Uint8Array;
  readonly approverSetVersion: number;
  readonly epoch: number;
  readonly assurance: CertifiedAssurance;
}

/** Serial number: `01`, the first 11 octets of SHA-256(order hash ‖ SPKI), the log number in eight. */
function serialNumber(it: ModuleOperation): Uint8Array {
  return concat(Uint8Array.of(1), sha256(it.orderHash, it.spki).slice(0, 11), u64(it.logNumber));
}

/** The OrderEvidence extension; its ASN.1 is published in docs/certificate-profile.asn1. */
function evidenceDer(it: ModuleOperation): Uint8Array {
  return sequence(
    octetString(it.orderHash),
    octetString(it.stationKeyHash),
    integer(it.approverSetVersion),
    integer(it.logNumber),
    octetString(it.previousLogHead),
    integer(it.epoch),
    enumerated(CERTIFIED_ASSURANCES.indexOf(it.assurance)),
  );
}

/** TBSCertificate, DER. */
export function buildTbs(it: ModuleOperation): Uint8Array {
  return tbsOf({
    serial: serialNumber(it),
    issuer: it.issuerName,
    notBefore: it.notBefore,
    notAfter: it.notAfter,
    subject: nameDer({ organization: it.organization, commonName: it.profile, serialNumber: it.moduleSerial }),
    spki: it.spki,
    extensions: [
      extensions.authorityKeyId(it.issuerKeyId),
      extensions.subjectKeyId(keyIdOf(it.spki)),
      extensions.keyUsage(...USAGE.digitalSignature),
      extensions.notAuthority(),
      { oid: OID.extendedKeyUsage, critical: false, value: sequence(oid(OID.clientAuth)) },
      extensions.policies(ENFORCEMENT_POLICY[it.enforcement]),
      { oid: OID.orderEvidence, critical: false, value: evidenceDer(it) },
    ],
  });
}

export interface ModuleCertificate extends ModuleOperation {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  /** 64 octets r‖s. */
  readonly signature: Uint8Array;
  readonly signatureIsLowS: boolean;
  readonly serial: Uint8Array;
}

/** Reads a certificate of this profile; accepts only what `buildTbs` and `assemble` give. Refuses BAD_CERTIFICATE, NOT_OF_PROFILE. */
export function parseModuleCertificate(der: Uint8Array): ModuleCertificate | Refusal {
  const certificate = parseCertificate(der);
  if (isRefusal(certificate)) return certificate;
  const notOfProfile = refuse('NOT_OF_PROFILE', 'The certificate is not of the profile module-operation-1.');
  const read = parsed(der, { code: 'NOT_OF_PROFILE', what: 'certificate', octetsMax: CERTIFICATE_OCTETS_MAX }, () =>
    fieldsOf(certificate),
  );
  if (isRefusal(read)) return read;
  const { tbs, signature, serial } = certificate;
  if (!equal(assemble(buildTbs(read), signature), der)) return notOfProfile;
  return { ...read, der, tbs, signature, serial, signatureIsLowS: isLowS(signature) };
}

function fieldsOf(certificate: Certificate): ModuleOperation {
  const { organization, commonName, serialNumber: moduleSerial } = readName(new DerReader(certificate.subject));
  if (moduleSerial === undefined || commonName !== PROFILE) throw new Malformed('another subject than the profile has');
  readName(new DerReader(certificate.issuer));
  const evidence = valueOf(certificate, OID.orderEvidence).enter();
  const authority = valueOf(certificate, OID.authorityKeyIdentifier).enter();
  const policy = valueOf(certificate, OID.certificatePolicies).enter().enter().oid();
  const fields = readEvidence(evidence);
  return {
    ...fields,
    spki: certificate.spki,
    issuerName: certificate.issuer,
    issuerKeyId: authority.take(0x80).value,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    organization,
    profile: commonName,
    moduleSerial,
    enforcement: policy === OID.policyEnforcementDevice ? 'device' : 'host',
  };
}

function readEvidence(from: DerReader) {
  const orderHash = digest(from);
  const stationKeyHash = digest(from);
  const approverSetVersion = from.safeInteger();
  const logNumber = from.safeInteger();
  const previousLogHead = digest(from);
  const epoch = from.safeInteger();
  const assurance = CERTIFIED_ASSURANCES[from.take(TAG.ENUMERATED).value[0] ?? -1];
  from.end();
  if (assurance === undefined) throw new Malformed('an unknown assurance');
  return { orderHash, stationKeyHash, approverSetVersion, logNumber, previousLogHead, epoch, assurance };
}

function digest(from: DerReader): Uint8Array {
  const { value } = from.take(TAG.OCTET_STRING);
  if (value.length !== 32) throw new Malformed('a digest has 32 octets');
  return value;
}

/** SHA-256 of a certificate, 32 octets. */
export function fingerprintOf(der: Uint8Array): Uint8Array {
  return sha256(der);
}

/** S20c: the certificate without the signed key, which must be supplied to verify it. */
export function detachKey(der: Uint8Array): { certificate: Uint8Array; spki: Uint8Array } | Refusal {
  const certificate = parseModuleCertificate(der);
  if (isRefusal(certificate)) return certificate;
  const at = Buffer.from(der).indexOf(Buffer.from(certificate.spki));
  return {
    certificate: concat(ascii('keyledger keyless v1\n'), u64(at), der.slice(0, at), der.slice(at + 91)),
    spki: certificate.spki,
  };
}

/** The whole certificate again, when the key is the one that was signed. */
export function attachKey(keyless: Uint8Array, spki: Uint8Array): ModuleCertificate | Refusal {
  const prefix = ascii('keyledger keyless v1\n');
  const body = keyless.slice(prefix.length + 8);
  if (keyless.length < prefix.length + 8 || !equal(keyless.slice(0, prefix.length), prefix))
    return refuse('BAD_CERTIFICATE', 'The octets are no certificate without key.');
  const at = Number(Buffer.from(keyless).readBigUInt64BE(prefix.length));
  return parseModuleCertificate(concat(body.slice(0, at), spki, body.slice(at)));
}
