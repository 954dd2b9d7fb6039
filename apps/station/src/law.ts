/**
 * The station's law: what it checks by itself before a card's key comes on its list, and before a module
 * may speak to it. The platform can withhold and take away; it can never add.
 */
import type { ApprovedOrder } from '#libs/approval/approval.ts';
import { isLowS, verifyRaw } from '#libs/certificates/ecdsa.ts';
import { type ModuleCertificate, fingerprintOf } from '#libs/certificates/module-operation.ts';
import type { Birth } from '#libs/chip-card-protocol/statements.ts';
import { type PolicyRule, ruleFor } from '#libs/kernel/approver-set.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { type Seconds, secondsOf } from '#libs/kernel/clock.ts';
import { hashId, keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { TrustListEntry } from '#libs/kernel/trust-list.ts';

/** An entry that adds trust here, with the order that its quorum approved. */
export interface EntryCase {
  readonly entry: TrustListEntry;
  readonly approved: ApprovedOrder;
  readonly birth: Birth;
  readonly station: string;
  /** The event's entry proved at its leaf in the checkpoint. */
  readonly included: boolean;
  /** As many witnesses as the deployment asks for cosigned the checkpoint over it. */
  readonly witnessed: boolean;
  /** SPKI of the key, DER. */
  readonly spki: Uint8Array;
  /** Hash of the birth statement. */
  readonly birthHash: string;
  /** Ids of the orders by which this station accepted the key before. */
  readonly ordersUsed: readonly string[];
}

function orderOf({ approved }: EntryCase) {
  const { order } = approved;
  return order.kind === 'trust-signing-key' || order.kind === 'retrust-signing-key' ? order : null;
}

function orderRuleOf({ approved }: EntryCase): PolicyRule | null {
  return ruleFor(approved.set, approved.order);
}

export const entryLaw: Law<EntryCase> = [
  {
    code: 'ENTRY_ORDER_KIND',
    says: 'The order behind the entry is not one that trusts a signing key.',
    holds: (it) => orderOf(it) !== null,
  },
  {
    code: 'ENTRY_ORDER_USED',
    says: 'A suspended key is trusted again only by a new order, never by the one that trusted it before.',
    holds: (it) => !it.ordersUsed.includes(it.approved.orderId),
  },
  {
    code: 'ENTRY_OTHER_STATION',
    says: 'The order behind the entry does not name this station.',
    holds: (it) => orderOf(it)?.stations.includes(it.station) ?? true,
  },
  {
    code: 'ENTRY_OTHER_KEY',
    says: 'The order behind the entry names another signing key.',
    holds: (it) => {
      const named = thumbprint(publicJwk(keyFromSpki(it.spki)));
      return named === it.entry.cardKey && named === (orderOf(it)?.cardKey ?? named);
    },
  },
  {
    code: 'ENTRY_OTHER_BIRTH',
    says: 'The order behind the entry names another birth statement.',
    holds: (it) => it.birthHash === (orderOf(it)?.birth ?? it.birthHash),
  },
  {
    code: 'ENTRY_ENFORCEMENT',
    says: 'The key is not one that a card itself guards, and the policy lets in no other.',
    holds: (it) => it.birth.enforcement === 'device' || orderRuleOf(it)?.enforcement === 'host',
  },
  {
    code: 'ENTRY_EVENT',
    says: 'The sealed event is not the one that trusted this key by this order.',
    holds: ({ entry, approved, station }) => {
      const data = entry.event.data as { readonly cardKey?: unknown; readonly order?: unknown };
      return (
        entry.event.type === 'SigningKeyTrusted' &&
        entry.event.stream === `trust-list-${station}` &&
        data.cardKey === entry.cardKey &&
        data.order === approved.orderId
      );
    },
  },
  {
    code: 'ENTRY_ORDER_EXPIRED',
    says: 'The order behind the entry was used outside its window.',
    holds: ({ entry, approved }) => {
      const at = secondsOf(entry.event.recordedAt);
      return at >= approved.order.notBefore && at <= approved.order.notAfter;
    },
  },
  {
    code: 'ENTRY_INCLUSION',
    says: 'The event is not proved to be in the sealed log.',
    holds: (it) => it.included,
  },
  {
    code: 'ENTRY_NOT_WITNESSED',
    says: 'The checkpoint over the event is not cosigned by as many witnesses as this deployment asks for.',
    holds: (it) => it.witnessed,
  },
];

/** A key that this station accepted, and its present state. */
export interface AcceptedKey {
  readonly cardKey: string;
  readonly state: 'active' | 'suspended' | 'deactivated' | 'compromised';
  /** Deactivated from a moment on: fingerprints of the certificates that outlive it. Null where none does. */
  readonly survivors: readonly string[] | null;
  readonly spki: Uint8Array;
  /** As its birth statement says. */
  readonly enforcement: 'device' | 'host';
  /** Ids of the orders that this station accepted it by. */
  readonly orders: readonly string[];
}

/** A module that shows its certificate in the handshake. */
export interface CertificateCase {
  readonly certificate: ModuleCertificate;
  /** The accepted key that the certificate names as its issuer. */
  readonly key: AcceptedKey | null;
  readonly now: Seconds;
  /** When the list in force runs out. */
  readonly listEnds: Seconds;
  /** SHA-256 of the SPKI of this station's key. */
  readonly stationKey: Uint8Array;
  /** Newest key that this station met or was told of for the serial; spki hash null when only told. */
  readonly known: { readonly epoch: number; readonly spkiHash: string | null } | null;
}

function isDisabledFromAMoment(key: AcceptedKey): key is AcceptedKey & { readonly survivors: readonly string[] } {
  return key.state === 'deactivated' && key.survivors !== null;
}

export const certificateLaw: Law<CertificateCase> = [
  {
    code: 'SIGNING_KEY_UNKNOWN',
    says: 'No card on the trust list issued this certificate.',
    holds: (it) => it.key !== null,
  },
  {
    code: 'SIGNING_KEY_DISABLED',
    says: 'The signing key that issued this certificate was disabled.',
    holds: ({ key }) => key === null || key.state === 'active' || isDisabledFromAMoment(key),
  },
  {
    code: 'CERTIFICATE_NOT_SEALED_BEFORE',
    says: 'The certificate is not among those that outlive its signing key.',
    holds: ({ certificate, key }) =>
      key === null ||
      !isDisabledFromAMoment(key) ||
      key.survivors.includes(toBase64url(fingerprintOf(certificate.der))),
  },
  {
    code: 'TRUST_LIST_RAN_OUT',
    says: 'This station has no fresh trust list and lets nobody in until it has.',
    holds: (it) => it.now <= it.listEnds,
  },
  {
    code: 'CERTIFICATE_SIGNATURE',
    says: 'The certificate is not signed by the card that it names.',
    holds: ({ certificate, key }) =>
      key === null || verifyRaw(certificate.tbs, certificate.signature, keyFromSpki(key.spki)),
  },
  {
    code: 'CERTIFICATE_HIGH_S',
    says: 'The signature is not in the only form that a card makes.',
    holds: ({ certificate }) => isLowS(certificate.signature),
  },
  {
    code: 'CERTIFICATE_WINDOW',
    says: 'The certificate is not valid now.',
    holds: ({ certificate, now }) => now >= certificate.notBefore && now <= certificate.notAfter,
  },
  {
    code: 'CERTIFICATE_OTHER_STATION',
    says: 'The certificate was issued for another station.',
    holds: ({ certificate, stationKey }) => equal(certificate.stationKeyHash, stationKey),
  },
  {
    code: 'CERTIFICATE_ENFORCEMENT',
    says: 'The certificate claims another enforcement than the signing key was born with.',
    holds: ({ certificate, key }) => key === null || certificate.enforcement === key.enforcement,
  },
  {
    code: 'EPOCH_LOWER',
    says: 'The module has had a newer key; this one was erased by a reset.',
    holds: ({ certificate, known }) => known === null || certificate.epoch >= known.epoch,
  },
  {
    code: 'EPOCH_TWICE',
    says: 'Another key of the same epoch is known for this module: one of the two is forged.',
    holds: ({ certificate, known }) =>
      known === null ||
      certificate.epoch !== known.epoch ||
      known.spkiHash === null ||
      known.spkiHash === hashId(certificate.spki),
  },
];
