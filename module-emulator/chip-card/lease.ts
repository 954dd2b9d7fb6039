/** The lease that the card may sign under: one for a single entry in the session, one for several in its memory. */
import { type Lease, decodeLease } from '#libs/chip-card-protocol/statements.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { Card } from './context.ts';
import { type CardMemory, octets } from './memory.ts';

export interface Leased {
  readonly lease: Lease;
  readonly entriesLeft: number;
}

/** The session's first: it is the newer one. */
export function leaseOf({ session, memory }: Card): Leased | null {
  if (session.lease !== null) return { lease: session.lease, entriesLeft: session.entriesLeft };
  if (memory.keptLease === null) return null;
  const lease = decodeLease(octets(memory.keptLease.statement));
  if (isRefusal(lease)) throw new Error('the card keeps a lease that it did not check');
  return { lease, entriesLeft: memory.keptLease.entriesLeft };
}

/** The memory once one signature more was made under the lease: what is kept counts down, and is written before it. */
export function withLeaseUsed({ session, memory }: Card): CardMemory {
  const { keptLease } = memory;
  if (session.lease !== null || keptLease === null) return memory;
  return { ...memory, keptLease: { ...keptLease, entriesLeft: Math.max(0, keptLease.entriesLeft - 1) } };
}
