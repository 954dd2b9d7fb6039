/** How what the card keeps may change: its approver set, by the quorum of the one it holds, and its log, by a receipt. */
import type { Archive } from '#libs/chip-card-protocol/statements.ts';
import type { ApproverSet } from '#libs/kernel/approver-set.ts';
import { equal } from '#libs/kernel/bytes.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { AdoptApproverSetOrder } from '#libs/kernel/order.ts';

/** PUT APPROVER SET for a later set: order and quorum stand; now the document that was brought with them. */
export interface AdoptCase {
  readonly order: AdoptApproverSetOrder;
  readonly set: ApproverSet;
  readonly setHash: string;
  readonly held: { readonly hash: string; readonly version: number };
}

export const adoptLaw: Law<AdoptCase> = [
  {
    code: 'SET_OTHER',
    says: 'This is not the approver set that the order names.',
    holds: (it) => it.setHash === it.order.set,
  },
  {
    code: 'SET_VERSION',
    says: 'Versions of an approver set only rise, and this one is another than the order says.',
    holds: (it) => it.set.version === it.order.version && it.set.version > it.held.version,
  },
  {
    code: 'SET_OTHER_PREVIOUS',
    says: 'This approver set does not follow the one that the card holds.',
    holds: (it) => it.set.previous === it.held.hash && it.order.previous === it.held.hash,
  },
];

/** ARCHIVE LOG: headquarters says which entries it keeps. */
export interface ArchiveCase {
  readonly archive: Archive;
  readonly signatureHolds: boolean;
  readonly card: string;
  /** The card's own head after that number; null where it holds no such entry. */
  readonly head: Uint8Array | null;
}

export const archiveLaw: Law<ArchiveCase> = [
  {
    code: 'ARCHIVE_SIGNATURE',
    says: 'The receipt is not signed by the lease key pinned in the card.',
    holds: (it) => it.signatureHolds,
  },
  {
    code: 'ARCHIVE_OTHER_CARD',
    says: 'The receipt is for the log of another card.',
    holds: (it) => it.archive.card === it.card,
  },
  {
    code: 'ARCHIVE_OTHER_LOG',
    says: 'Headquarters keeps other entries than this card wrote; compare the logs.',
    holds: (it) => it.head === null || equal(it.archive.head, it.head),
  },
];
