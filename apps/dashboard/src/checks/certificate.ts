/** A certificate as octets: read, hashed and verified here, and each octet traced to what it follows from. */
import { type Der, integerOf, oidOf, rawSignature, readDer } from './der.ts';
import { type Source, isEvidence, sourcesOf } from './certificate-sources.ts';
import { sha256 } from './hash.ts';
import { type Octets, equal, fromBase64, toBase64url, toHex } from './octets.ts';

export interface ReadCertificate {
  readonly der: Octets;
  readonly fingerprint: string;
  readonly subject: Name;
  readonly issuer: Name;
  /** Hex. */
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly spki: Octets;
  readonly tbs: Octets;
  /** 64 octets r‖s. */
  readonly signature: Octets;
  readonly isCa: boolean;
  readonly evidence: Evidence | null;
  /** For each octet, what it follows from. */
  readonly sources: readonly Source[];
}

export interface Name {
  readonly organization: string;
  readonly commonName: string;
  readonly serialNumber: string;
}

/** The OrderEvidence extension of a module's certificate. */
export interface Evidence {
  readonly order: string;
  readonly stationKey: string;
  readonly approverSetVersion: number;
  readonly logNumber: number;
  readonly epoch: number;
}

const OIDS = {
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  basicConstraints: '2.5.29.19',
} as const;

/** The certificates of a PEM text, in its order. */
export function fromPem(text: string): readonly Octets[] {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, base64 = '']) => fromBase64(base64.replace(/\s/g, ''))).filter((one) => one !== null);
}

/** Throws where the octets are no certificate. */
export async function readCertificate(der: Octets): Promise<ReadCertificate> {
  const [tbs, , signature] = parts(readDer(der)[0]);
  const fields = parts(tbs).filter(({ tag }) => tag !== 0xa0);
  const [serial, , issuer, validity, subject, spki, extensionsField] = fields;
  if (tbs === undefined || signature === undefined || serial === undefined || spki === undefined)
    throw new Error('no certificate');
  const extensions = parts(parts(extensionsField)[0]);
  const evidence = extensions.find((one) => isEvidence(one));
  const [from, to] = parts(validity);
  return {
    der,
    fingerprint: toBase64url(await sha256(der)),
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    serial: toHex(serial.content),
    notBefore: timeOf(from),
    notAfter: timeOf(to),
    spki: der.slice(spki.at, spki.to),
    tbs: der.slice(tbs.at, tbs.to),
    signature: rawSignature(signature.content.slice(1)),
    isCa: (valueOf(extensions, OIDS.basicConstraints)?.inner.length ?? 0) > 0,
    evidence: evidence === undefined ? null : evidenceOf(contentOf(evidence)),
    sources: sourcesOf(der, { serial, issuer, validity, subject, spki, extensions, signature }),
  };
}

function parts(element: Der | undefined): readonly Der[] {
  return element?.inner ?? [];
}

/** The value of an extension stands inside an octet string. */
function contentOf(extension: Der | undefined): Der | undefined {
  const wrapped = extension?.inner.at(-1);
  return wrapped === undefined ? undefined : readDer(wrapped.content)[0];
}

function valueOf(extensions: readonly Der[], oid: string): Der | undefined {
  return contentOf(extensions.find(({ inner }) => inner[0] !== undefined && oidOf(inner[0]) === oid));
}

function nameOf(name: Der | undefined): Name {
  const values = new Map(
    parts(name).map((set) => {
      const [oid, value] = parts(parts(set)[0]);
      return [oid === undefined ? '' : oidOf(oid), new TextDecoder().decode(value?.content)] as const;
    }),
  );
  const said = (oid: string): string => values.get(oid) ?? '';
  return {
    organization: said(OIDS.organization),
    commonName: said(OIDS.commonName),
    serialNumber: said(OIDS.serialNumber),
  };
}

/** UTCTime or GeneralizedTime as RFC 3339. */
function timeOf(time: Der | undefined): string {
  const text = new TextDecoder().decode(time?.content);
  const whole = time?.tag === 0x17 ? `20${text}` : text;
  return whole.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
}

function evidenceOf(evidence: Der | undefined): Evidence | null {
  const [order, stationKey, version, logNumber, , epoch] = parts(evidence);
  if (!order || !stationKey || !version || !logNumber || !epoch) return null;
  return {
    order: toBase64url(order.content),
    stationKey: toBase64url(stationKey.content),
    approverSetVersion: integerOf(version),
    logNumber: integerOf(logNumber),
    epoch: integerOf(epoch),
  };
}

/** Whether this key signed the certificate (ECDSA P-256, SHA-256). */
export async function isSignedWith(certificate: ReadCertificate, spki: Octets): Promise<boolean> {
  const how = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('spki', spki, how, false, ['verify']);
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, certificate.signature, certificate.tbs);
}

/** The first octet in which two differ; null where they are equal, octet for octet. */
export function firstDifference(one: Octets, other: Octets): number | null {
  if (equal(one, other)) return null;
  const at = one.findIndex((octet, place) => octet !== other[place]);
  return at < 0 ? one.length : at;
}
