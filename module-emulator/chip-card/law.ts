/**
 * The chip card's law: everything the card checks by itself before it signs a certificate.
 * Whoever owns server, unit and laptop still has to get past each of these lines.
 */
import { type ApprovalLaws, type OrderCase, fourEyes } from '#libs/approval/approval.ts';
import type { Enforcement } from '#libs/chip-card-protocol/log-entry.ts';
import type { Lease } from '#libs/chip-card-protocol/statements.ts';
import { type IdentityChainCase, identityChainLaw } from '#libs/certificates/chain.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { Order, OrderKind, PersonalizeOrder } from '#libs/kernel/order.ts';
import { namesSerial } from '#libs/serial-tree/serial-tree.ts';
import type { Attestation } from '#libs/personalization-protocol/attestation.ts';
import { type AccessCase, accessLaw } from './access-law.ts';
import { type AdoptCase, type ArchiveCase, adoptLaw, archiveLaw } from './keeping-law.ts';

/** PRESENT ORDER, beside the order law that everybody shares. */
export interface PresentCase {
  readonly it: OrderCase;
  /** Thumbprint of this card's signing key. */
  readonly cardKey: string;
  /** This card's own number, and the hash of its device key's SPKI. */
  readonly card: string;
  readonly deviceKey: string;
  /** Who enforces this law over the signing key: the card, or the host of an agent. */
  readonly enforcement: Enforcement;
}

/** Orders under which the signing key signs; each names it. */
const SIGNED_FOR: ReadonlySet<OrderKind> = new Set(['personalize', 'reset', 'transfer']);

export const presentLaw: Law<PresentCase> = [
  {
    code: 'ORDER_OTHER_CARD',
    says: 'The order names another chip card; use the card that it names.',
    holds: ({ it: { order }, card, cardKey }) => {
      if (order.kind === 'issue-card') return order.card === card;
      if (order.kind === 'adopt-approver-set') return true; // of every card
      return SIGNED_FOR.has(order.kind) && 'cardKey' in order && order.cardKey === cardKey;
    },
  },
  {
    code: 'ORDER_OTHER_DEVICE',
    says: 'The order issues another device than this card, or one that another one checks for.',
    holds: ({ it: { order }, deviceKey, enforcement }) =>
      order.kind !== 'issue-card' || (order.deviceKey === deviceKey && order.enforcement === enforcement),
  },
];

/** PUT LEASE: the card has no clock, so headquarters tells the time and what was withdrawn. */
export interface LeaseCase {
  readonly lease: Lease;
  readonly signatureHolds: boolean;
  readonly card: string;
  readonly challenge: Uint8Array;
  readonly approverSet: string;
  readonly timeSeen: number;
  /** Whether both custodians gave their PINs. */
  readonly custodians: boolean;
}

export const leaseLaw: Law<LeaseCase> = [
  {
    code: 'LEASE_SIGNATURE',
    says: 'The lease is not signed by the lease key pinned in the card.',
    holds: (it) => it.signatureHolds,
  },
  {
    code: 'LEASE_OTHER_CARD',
    says: 'The lease is for another card.',
    holds: (it) => it.lease.card === it.card,
  },
  {
    code: 'LEASE_OTHER_CHALLENGE',
    says: 'The lease answers another challenge; ask headquarters again with the outstanding one.',
    holds: (it) => equal(it.lease.challenge, it.challenge),
  },
  {
    code: 'LEASE_OTHER_APPROVER_SET',
    says: 'Headquarters holds another approver set than the card.',
    holds: (it) => toBase64url(it.lease.approverSet) === it.approverSet,
  },
  {
    code: 'LEASE_FOR_FIELD',
    says: 'A lease for more than one entry is put by both custodians, before the card goes to the field.',
    holds: (it) => it.lease.entries <= 1 || it.custodians,
  },
  {
    code: 'LEASE_TIME_BACK',
    says: 'The lease tells an earlier time than the card has already seen.',
    holds: (it) => it.lease.time >= it.timeSeen,
  },
];

/** SIGN CERTIFICATE and SIGN RESET: whether the order may be used now, by what headquarters said last. */
export interface UseCase {
  readonly order: Order;
  /** SHA-256 of the order's bytes. */
  readonly orderHash: Uint8Array;
  readonly lease: Lease;
  readonly entriesLeft: number;
}

export const useLaw: Law<UseCase> = [
  {
    code: 'LEASE_ENTRIES',
    says: 'The lease is used up; put another one.',
    holds: (it) => it.entriesLeft >= 1,
  },
  {
    code: 'LEASE_WITHDRAWS_ORDER',
    says: 'The order was withdrawn; headquarters names it in the lease.',
    holds: (it) => !it.lease.withdrawn.some((one) => equal(one, it.orderHash)),
  },
  {
    code: 'ORDER_TOO_EARLY',
    says: 'The order may not be used yet at the time that the lease tells.',
    holds: (it) => it.lease.time >= it.order.notBefore,
  },
  {
    code: 'ORDER_EXPIRED',
    says: 'The order has expired at the time that the lease tells; request a new one.',
    holds: (it) => it.lease.time <= it.order.notAfter,
  },
];

/** SIGN CERTIFICATE: order, quorum and lease stand; now the module and the card itself. */
export interface SignCase {
  readonly order: PersonalizeOrder;
  readonly orderHash: Uint8Array;
  readonly genesis: string;
  readonly cardKey: string;
  readonly challenge: Uint8Array;
  readonly attestation: Attestation;
  /** Proof that the order's tree of serials holds the attested one; empty where the order lists them. */
  readonly inclusion: Uint8Array;
  readonly attestationSignatureHolds: boolean;
  readonly identity: { readonly serial: string; readonly moduleClass: string };
  readonly serialSpent: boolean;
  readonly logFull: boolean;
}

export const signLaw: Law<SignCase> = [
  {
    code: 'SERIAL_NOT_IN_ORDER',
    says: 'The order does not name this module.',
    holds: (it) => namesSerial(it.order.serials, it.attestation.serial, it.inclusion),
  },
  {
    code: 'SERIAL_SPENT',
    says: 'This order was already spent on this module with another key; request a new order.',
    holds: (it) => !it.serialSpent,
  },
  {
    code: 'LOG_FULL',
    says: 'The log of the card is full; archive it at headquarters.',
    holds: (it) => !it.logFull,
  },
  {
    code: 'ATTESTATION_SIGNATURE',
    says: 'The attestation is not signed by the identity key of the module.',
    holds: (it) => it.attestationSignatureHolds,
  },
  {
    code: 'ATTESTATION_OTHER_MODULE',
    says: 'The attestation speaks of another module than the identity certificate.',
    holds: (it) => it.identity.serial === it.attestation.serial,
  },
  {
    code: 'ATTESTATION_OTHER_CLASS',
    says: 'The module is not of the class that the order names.',
    holds: (it) => it.identity.moduleClass === it.order.moduleClass,
  },
  {
    code: 'ATTESTATION_OTHER_DEPLOYMENT',
    says: 'The module attested its key for another deployment.',
    holds: (it) => toBase64url(it.attestation.genesis) === it.genesis,
  },
  {
    code: 'ATTESTATION_OTHER_ORDER',
    says: 'The module attested its key for another order.',
    holds: (it) => equal(it.attestation.orderHash, it.orderHash),
  },
  {
    code: 'ATTESTATION_OTHER_CARD',
    says: 'The module attested its key for another card.',
    holds: (it) => toBase64url(it.attestation.cardKey) === it.cardKey,
  },
  {
    code: 'ATTESTATION_OTHER_CHALLENGE',
    says: 'The attestation answers another challenge; have the module attest again.',
    holds: (it) => equal(it.attestation.challenge, it.challenge),
  },
];

export interface CardLaws {
  readonly access: Law<AccessCase>;
  readonly fourEyes: ApprovalLaws;
  readonly present: Law<PresentCase>;
  readonly lease: Law<LeaseCase>;
  readonly use: Law<UseCase>;
  readonly identity: Law<IdentityChainCase>;
  readonly sign: Law<SignCase>;
  readonly adopt: Law<AdoptCase>;
  readonly archive: Law<ArchiveCase>;
}

export const cardLaws: CardLaws = {
  access: accessLaw,
  fourEyes,
  present: presentLaw,
  lease: leaseLaw,
  use: useLaw,
  identity: identityChainLaw,
  sign: signLaw,
  adopt: adoptLaw,
  archive: archiveLaw,
};
