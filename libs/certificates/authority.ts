/** Who may certify whom: manufacturer root, its two CAs, a customer's card CA, and a module's identity (IDevID). */
import { equal } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { octetString } from './der.ts';
import { DerReader, Malformed, parsed } from './der-reader.ts';
import { onlyOctets, processesCritical, readBasicConstraints, readPolicies, valueOf } from './extension-reader.ts';
import { hardwareName, readHardwareName } from './hardware-name.ts';
import { nameDer, permittedNames, readName } from './names.ts';
import { ENFORCEMENT_POLICY, type Enforcement, OID } from './oids.ts';
import {
  CERTIFICATE_OCTETS_MAX,
  type Certificate,
  type Extension,
  type Sign,
  USAGE,
  assemble,
  extensionOf,
  extensions,
  keyIdOf,
  parseCertificate,
  tbsWithDerivedSerial,
} from './x509.ts';

/** What every certificate authority is known by. */
export interface Authority {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly serial: Uint8Array;
  /** Subject and issuer, DER. */
  readonly name: Uint8Array;
  readonly issuer: Uint8Array;
  readonly organization: string;
  readonly keyId: Uint8Array;
  readonly spki: Uint8Array;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
  readonly isCa: boolean;
  readonly pathLen: number | null;
  readonly mayCertify: boolean;
  readonly policies: readonly string[];
}

/** A customer's chip card as the authority of its modules. */
export interface CardAuthority extends Authority {
  readonly genesis: Uint8Array;
  readonly enforcement: Enforcement;
  /** Whether the name constraint permits exactly the customer's own organization. */
  readonly ownNamesOnly: boolean;
}

/** A module's identity for life. */
export interface Identity extends Omit<Authority, 'serial'> {
  /** The module's serial, and its class, from hardwareModuleName (RFC 4108 §5). */
  readonly serial: string;
  readonly moduleClass: string;
}

/** Who signs: his certificate's subject and key id, and his key. */
export interface Issuer {
  readonly name: Uint8Array;
  readonly keyId: Uint8Array;
  readonly sign: Sign;
}

export interface Window {
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
}

const POLICIES = {
  'module-identity': OID.policyModuleIdentity,
  'customer-signing': OID.policyCustomerSigning,
} as const;
const PATH_LENGTHS = { 'module-identity': 0, 'customer-signing': 1 } as const;
export type AuthorityKind = keyof typeof POLICIES;

interface Issue extends Window {
  readonly issuer: Issuer;
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Extension[];
}

function issue(it: Issue): Uint8Array {
  const { issuer, subject, spki, notBefore, notAfter } = it;
  const keys = [extensions.authorityKeyId(issuer.keyId), extensions.subjectKeyId(keyIdOf(spki))];
  const tbs = tbsWithDerivedSerial({
    issuer: issuer.name,
    notBefore,
    notAfter,
    subject,
    spki,
    extensions: [...keys, ...it.extensions],
  });
  return assemble(tbs, issuer.sign(tbs));
}

/** Self-signed root of a manufacturer, kept offline. */
export function issueRoot(it: Window & { organization: string; spki: Uint8Array; sign: Sign }): Uint8Array {
  const name = nameDer({ organization: it.organization, commonName: 'Manufacturer Root' });
  const issuer = { name, keyId: keyIdOf(it.spki), sign: it.sign };
  const authority = [extensions.keyUsage(...USAGE.keyCertAndCrlSign), extensions.authority(null)];
  return issue({ ...it, issuer, subject: name, extensions: authority });
}

/** The *module identity* or the *customer signing* CA. */
export function issueAuthority(
  it: Window & { kind: AuthorityKind; organization: string; spki: Uint8Array; issuer: Issuer },
): Uint8Array {
  const commonName = it.kind === 'module-identity' ? 'Module Identity CA' : 'Customer Signing CA';
  return issue({
    ...it,
    subject: nameDer({ organization: it.organization, commonName }),
    extensions: [
      extensions.keyUsage(...USAGE.keyCertAndCrlSign),
      extensions.authority(PATH_LENGTHS[it.kind]),
      extensions.policies(...allowedPolicies(it.kind)),
    ],
  });
}

/** Policies must stand in every certificate of a path to be valid at its end (RFC 5280 §6.1). */
function allowedPolicies(kind: AuthorityKind): readonly string[] {
  return kind === 'module-identity' ? [POLICIES[kind]] : [POLICIES[kind], ...Object.values(ENFORCEMENT_POLICY)];
}

export interface CardIssue extends Window {
  readonly organization: string;
  readonly card: string;
  readonly spki: Uint8Array;
  readonly genesis: Uint8Array;
  readonly enforcement: Enforcement;
  readonly issuer: Issuer;
}

/** The card CA: certifies modules of one customer, nothing below them. */
export function issueCardAuthority(it: CardIssue): Uint8Array {
  return issue({
    ...it,
    subject: nameDer({ organization: it.organization, commonName: it.card }),
    extensions: [
      extensions.keyUsage(...USAGE.keyCertSign),
      extensions.authority(0),
      extensions.policies(OID.policyCustomerSigning, ENFORCEMENT_POLICY[it.enforcement]),
      { oid: OID.nameConstraints, critical: true, value: permittedNames(it.organization) },
      { oid: OID.genesis, critical: false, value: octetString(it.genesis) },
    ],
  });
}

export interface IdentityIssue {
  readonly organization: string;
  readonly moduleSerial: string;
  readonly moduleClass: string;
  readonly spki: Uint8Array;
  readonly notBefore: Seconds;
  readonly issuer: Issuer;
}

/** The identity certificate of a module: no end, hardwareModuleName with class and serial (IEEE 802.1AR). */
export function issueIdentity(it: IdentityIssue): Uint8Array {
  const { organization, moduleSerial } = it;
  return issue({
    ...it,
    notAfter: NO_END,
    subject: nameDer({ organization, commonName: 'Security Module', serialNumber: moduleSerial }),
    extensions: [
      extensions.keyUsage(...USAGE.digitalSignature),
      extensions.notAuthority(),
      extensions.policies(OID.policyModuleIdentity),
      { oid: OID.subjectAltName, critical: false, value: hardwareName(it.moduleClass, moduleSerial) },
    ],
  });
}

/** Any certificate as an authority would be; says itself whether it may certify. Refuses BAD_CERTIFICATE. */
export function parseAuthority(der: Uint8Array): Authority | Refusal {
  return read(der, (certificate) => {
    processesCritical(certificate, PROCESSED);
    return authorityOf(certificate);
  });
}

/** A card CA. Refuses BAD_CERTIFICATE where genesis or enforcement are missing. */
export function parseCardAuthority(der: Uint8Array): CardAuthority | Refusal {
  return read(der, (certificate) => {
    processesCritical(certificate, [...PROCESSED, OID.nameConstraints]);
    const authority = authorityOf(certificate);
    const device = authority.policies.includes(OID.policyEnforcementDevice);
    const host = authority.policies.includes(OID.policyEnforcementHost);
    if (device === host) throw new Malformed('one enforcement, no more and no less');
    const genesis = onlyOctets(valueOf(certificate, OID.genesis));
    if (genesis.length !== 32) throw new Malformed('a genesis hash has 32 octets');
    const constraint = extensionOf(certificate, OID.nameConstraints);
    const permitted = permittedNames(authority.organization);
    const ownNamesOnly = constraint !== null && equal(constraint.value, permitted);
    return { ...authority, genesis, enforcement: device ? 'device' : 'host', ownNamesOnly };
  });
}

/** A module's identity certificate. Refuses BAD_CERTIFICATE where hardwareModuleName or the policy is missing. */
export function parseIdentity(der: Uint8Array): Identity | Refusal {
  return read(der, (certificate) => {
    processesCritical(certificate, PROCESSED);
    const authority = authorityOf(certificate);
    if (!authority.policies.includes(OID.policyModuleIdentity)) throw new Malformed('no module identity');
    const { moduleClass, serial } = readHardwareName(valueOf(certificate, OID.subjectAltName));
    if (readName(new DerReader(certificate.subject)).serialNumber !== serial) throw new Malformed('two serials');
    return { ...authority, moduleClass, serial };
  });
}

/** Runs a reader of fields over a certificate: every way in which it does not fit is one refusal. */
function read<T>(der: Uint8Array, fields: (certificate: Certificate) => T): T | Refusal {
  const certificate = parseCertificate(der);
  if (isRefusal(certificate)) return certificate;
  return parsed(der, { code: 'BAD_CERTIFICATE', what: 'certificate', octetsMax: CERTIFICATE_OCTETS_MAX }, () =>
    fields(certificate),
  );
}

/** Critical extensions that every reader here understands. */
const PROCESSED = [OID.keyUsage, OID.basicConstraints] as const;

const KEY_CERT_SIGN = 0x04;

function authorityOf(certificate: Certificate): Authority {
  const { isCa, pathLen } = readBasicConstraints(valueOf(certificate, OID.basicConstraints));
  const usage = valueOf(certificate, OID.keyUsage).namedBits();
  const { der, tbs, signature, serial, issuer, subject: name, spki, notBefore, notAfter } = certificate;
  const keyId = keyIdOf(spki);
  if (!equal(onlyOctets(valueOf(certificate, OID.subjectKeyIdentifier)), keyId))
    throw new Malformed('another key identifier');
  readName(new DerReader(issuer));
  return {
    ...{ der, tbs, signature, serial, issuer, name, spki, notBefore, notAfter },
    organization: readName(new DerReader(name)).organization,
    keyId,
    isCa,
    pathLen,
    mayCertify: (usage & KEY_CERT_SIGN) !== 0,
    policies: readPolicies(certificate),
  };
}
