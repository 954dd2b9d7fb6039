/** Leases for the field: each signed by the lease key of the founding, and each certificate under one held against it. */
import { type LogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { encodeLease } from '#libs/chip-card-protocol/statements.ts';
import type { FieldLease } from '#libs/domain/chip-card/field-lease.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { secondsOf } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { keyFromJwk, spkiOf } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { genesisOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { octetsOf, signatureHolds } from './signatures.ts';

/** Clocks differ: a withdrawal of the last minute may have come too late for whoever asked before it, seconds. */
const LATE = 60;

interface LeaseCase {
  readonly known: Known;
  readonly card: string;
  readonly lease: FieldLease;
}

export const fieldLeaseLaw: Law<LeaseCase> = [
  {
    code: 'LEASE_OTHER_CARD',
    says: 'No card of this name had a certified signing key before the lease.',
    holds: ({ known, card }) => known.cards.get(card)?.key != null,
  },
  {
    code: 'LEASE_SIGNATURE',
    says: 'The lease key of the founding did not sign this lease for this card.',
    holds: ({ known, card, lease }) =>
      signatureHolds({
        over: leaseBytes(card, lease),
        signature: octetsOf(lease.signature),
        spki: spkiOf(keyFromJwk(genesisOf(known).founding.leaseKey)),
      }),
  },
  {
    code: 'LEASE_OTHER_APPROVER_SET',
    says: 'The lease names an approver set that never was in force.',
    holds: ({ known, lease }) => known.sets.has(lease.approverSet),
  },
  {
    code: 'LEASE_HIDES_WITHDRAWAL',
    says: 'The lease leaves out an order that had been withdrawn before, and could still have been used.',
    holds: ({ known, lease }) =>
      [...known.orders.values()].every(
        ({ id, ended, endedAt, it }) =>
          ended !== 'withdrawn' ||
          lease.withdrawn.includes(id) ||
          it.order.notAfter < lease.time ||
          secondsOf(endedAt ?? '') > lease.time - LATE,
      ),
  },
];

function leaseBytes(card: string, { challenge, time, approverSet, entries, withdrawn }: FieldLease): Uint8Array {
  return encodeLease({
    card,
    challenge: octetsOf(challenge),
    time,
    approverSet: octetsOf(approverSet),
    entries,
    withdrawn: withdrawn.map(octetsOf),
  });
}

/** FieldLeaseGiven, accepted. */
export function fieldLeaseGiven(known: Known, { stream, data }: StoredEvent): Refusal | null {
  const [card, lease] = [nameIn(stream, 'card-'), data as FieldLease];
  const refusal = judge(fieldLeaseLaw, { known, card, lease });
  if (refusal === null) known.fieldLeases.set(card, [...(known.fieldLeases.get(card) ?? []), lease]);
  return refusal;
}

export interface UseCase {
  readonly lease: FieldLease;
  readonly entry: Pick<LogEntry, 'number' | 'orderHash'>;
  /** Numbers of the other entries that are known to stand under the same lease. */
  readonly others: readonly number[];
}

/** What a certificate may be under the lease for the field that its entry's time names. */
export const leaseUseLaw: Law<UseCase> = [
  {
    code: 'LEASE_USED_UP',
    says: 'The card had signed as often as its lease for the field allowed before it signed this.',
    holds: ({ lease, entry, others }) => new Set(others.filter((one) => one < entry.number)).size < lease.entries,
  },
  {
    code: 'LEASE_WITHDREW_ORDER',
    says: 'The lease for the field, under which the card signed, named this order as withdrawn.',
    holds: ({ lease, entry }) => !lease.withdrawn.includes(toBase64url(entry.orderHash)),
  },
];

/** Null too where the entry's time is that of no lease for the field: leases for one signature are not recorded. */
export function judgeUnderLease(known: Known, card: string, entry: LogEntry): Refusal | null {
  const lease = known.fieldLeases.get(card)?.find((one) => one.time === entry.cardTime && one.after < entry.number);
  if (lease === undefined) return null;
  const others = known.cardLogs.get(card)?.ledger.numbersAt(lease.time, lease.after) ?? [];
  return judge(leaseUseLaw, { lease, entry, others });
}
