/**
 * The chip card's law: everything the card checks by itself before it signs a certificate.
 * Whoever owns server, unit and laptop still has to get past each of these lines.
 */
import { type ApprovalLaws, type OrderCase, fourEyes } from '#libs/approval/approval.ts';
import type { Instruction, PinOwner } from '#libs/chip-card-protocol/commands.ts';
import type { Enforcement } from '#libs/chip-card-protocol/log-entry.ts';
import type { Lease } from '#libs/chip-card-protocol/statements.ts';
import { type IdentityChainCase, identityChainLaw } from '#libs/certificates/chain.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import { namesSerial } from '#libs/serial-tree/serial-tree.ts';
import type { Attestation } from '#libs/personalization-protocol/attestation.ts';
import type { CardMemory } from './memory.ts';

/** Before any command is looked at: in whose hands the card is, and whether it is active at all (S06a). */
export interface AccessCase {
  readonly instruction: Instruction;
  readonly life: CardMemory['life'];
  readonly verified: ReadonlySet<PinOwner>;
}

/** What only both custodians together may do, at headquarters. */
const AT_HEADQUARTERS: ReadonlySet<Instruction> = new Set([
  'PUT_APPROVER_SET',
  'GENERATE_KEY',
  'PUT_CERTIFICATE',
  'ACTIVATE',
]);

function bothCustodians({ verified }: AccessCase): boolean {
  return verified.has('custodian1') && verified.has('custodian2');
}

export const accessLaw: Law<AccessCase> = [
  {
    code: 'CUSTODIAN_PINS_NEEDED',
    says: 'Only both custodians together, with their PINs, may do this.',
    holds: (it) => !AT_HEADQUARTERS.has(it.instruction) || bothCustodians(it),
  },
  {
    code: 'PIN_NEEDED',
    says: 'The technician’s PIN opens the card for signing; an order may be presented by the custodians too.',
    holds: (it) => {
      if (it.instruction === 'PRESENT_ORDER') return it.verified.has('technician') || bothCustodians(it);
      return it.instruction !== 'SIGN_CERTIFICATE' || it.verified.has('technician');
    },
  },
  {
    code: 'CARD_NOT_ACTIVE',
    says: 'The card was issued and not activated yet; it signs nothing.',
    holds: (it) => it.instruction !== 'SIGN_CERTIFICATE' || it.life === 'active',
  },
];

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

export const presentLaw: Law<PresentCase> = [
  {
    code: 'ORDER_OTHER_CARD',
    says: 'The order names another chip card; use the card that it names.',
    holds: ({ it: { order }, card, cardKey }) =>
      order.kind === 'issue-card' ? order.card === card : order.kind === 'personalize' && order.cardKey === cardKey,
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
    code: 'LEASE_ENTRIES',
    says: 'A lease is good for exactly one log entry.',
    holds: (it) => it.lease.entries === 1,
  },
  {
    code: 'LEASE_TIME_BACK',
    says: 'The lease tells an earlier time than the card has already seen.',
    holds: (it) => it.lease.time >= it.timeSeen,
  },
];

/** SIGN CERTIFICATE: order, quorum and lease stand; now the module and the card itself. */
export interface SignCase {
  readonly order: PersonalizeOrder;
  /** SHA-256 of the order's bytes. */
  readonly orderHash: Uint8Array;
  readonly genesis: string;
  readonly cardKey: string;
  readonly challenge: Uint8Array;
  readonly lease: Lease;
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
  readonly identity: Law<IdentityChainCase>;
  readonly sign: Law<SignCase>;
}

export const cardLaws: CardLaws = {
  access: accessLaw,
  fourEyes,
  present: presentLaw,
  lease: leaseLaw,
  identity: identityChainLaw,
  sign: signLaw,
};
