/** Who allowed a certificate, as this browser finds it: approvals under the set, the order's words, the chain to the founding's root. */
import { type Policy, quorumOf } from './approver-set.ts';
import { type Approval, type Signer, approvalsOf } from './approval.ts';
import { isObject, parseCanonical } from './canonical.ts';
import { type ReadCertificate, fromPem, isSignedWith, readCertificate } from './certificate.ts';
import { equal, fromBase64url } from './octets.ts';
import { type AdoptedSet, isQuorum, setsSince } from './set-chain.ts';
import { type ReadOrder, listOf, modulesOf, readOrder, secondsOf, textOf } from './order.ts';

export interface Told {
  readonly fingerprint: string;
  readonly pem: string;
  readonly serial: string;
  readonly order: { readonly id: string; readonly bytes: string; readonly approvals: readonly Approval[] };
  /** When the card signed, by its lease, RFC 3339. */
  readonly leasedAt: string;
  /** Canonical text, held against the pinned genesis before. */
  readonly founding: string;
  readonly adopted: readonly AdoptedSet[];
}

export interface ChainLink {
  readonly certificate: ReadCertificate;
  /** Signed by the one above; the uppermost: the one that the founding names. */
  readonly holds: boolean;
}

export interface CertificateStory {
  readonly order: ReadOrder;
  readonly signers: readonly Signer[];
  readonly policy: Policy | null;
  readonly leaf: ReadCertificate;
  /** From the root down. */
  readonly chain: readonly ChainLink[];
  readonly holds: {
    readonly fingerprint: boolean;
    readonly orderId: boolean;
    readonly quorum: boolean;
    readonly namesModule: boolean;
    readonly window: boolean;
    readonly namesOrder: boolean;
    readonly namesStation: boolean;
    readonly validity: boolean;
    readonly chain: boolean;
  };
}

export async function certificateStory(told: Told): Promise<CertificateStory | null> {
  const order = await readOrder(told.order.bytes);
  const ders = fromPem(told.pem);
  if (order === null || ders.length < 2) return null;
  const certificates = await Promise.all(ders.map(readCertificate));
  const [leaf] = certificates;
  if (leaf === undefined) return null;
  const sets = await setsSince(approverSetIn(told.founding), told.adopted);
  const set = sets.get(textOf(order, 'approverSet')) ?? null;
  const signers = set === null ? [] : await approvalsOf(told.order.bytes, told.order.approvals, set);
  const terms = { kind: order.kind, site: textOf(order, 'site'), moduleClass: textOf(order, 'moduleClass') };
  const policy = set === null ? null : quorumOf(set, terms);
  const chain = await chainOf(certificates, told.founding);
  const holds = {
    fingerprint: leaf.fingerprint === told.fingerprint,
    orderId: order.id === told.order.id,
    quorum: policy !== null && isQuorum(policy, signers),
    namesModule: modulesOf(order).root !== null || listOf(order, 'serials').includes(told.serial),
    window: isWithin(Date.parse(told.leasedAt), secondsOf(order, 'notBefore'), secondsOf(order, 'notAfter')),
    namesOrder: leaf.evidence?.order === order.id,
    namesStation: leaf.evidence?.stationKey === textOf(order, 'stationKey'),
    validity: isValidity(leaf, order),
    chain: chain.every((link) => link.holds),
  };
  return { order, signers, policy, leaf, chain, holds };
}

function foundingMember(founding: string, name: string): string {
  const value = parseCanonical(founding);
  const member = isObject(value ?? undefined) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof member === 'string' ? member : '';
}

export function approverSetIn(founding: string): string {
  return foundingMember(founding, 'approverSet');
}

async function chainOf(certificates: readonly ReadCertificate[], founding: string): Promise<readonly ChainLink[]> {
  const root = fromBase64url(foundingMember(founding, 'manufacturerRoot'));
  const links = certificates.map(async (certificate, at) => {
    const above = certificates[at + 1];
    const holds =
      above === undefined
        ? root !== null && equal(root, certificate.der)
        : above.isCa && (await isSignedWith(certificate, above.spki));
    return { certificate, holds };
  });
  return (await Promise.all(links)).toReversed();
}

function isWithin(ms: number, from: number, to: number): boolean {
  return ms >= from * 1000 && ms <= to * 1000;
}

function isValidity(leaf: ReadCertificate, order: ReadOrder): boolean {
  const from = secondsOf(order, 'certificateNotBefore') * 1000;
  const to = secondsOf(order, 'certificateNotAfter') * 1000;
  return Date.parse(leaf.notBefore) === from && Date.parse(leaf.notAfter) === to;
}
