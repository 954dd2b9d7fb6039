/** Reactions of the platform: what must follow an event, and what stays away. Of several platforms one carries them out. */
import { join } from 'node:path';
import { type Fence, EventStoreError } from '#libs/event-store/event-store.ts';
import { whileHolding } from '#libs/event-store/holding.ts';
import type { Leases } from '#libs/event-store/leases.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { carryOut, react } from '#libs/nest/reactor.ts';
import type { Place } from '#libs/reactions/follower.ts';
import { overdueOf, reviewsOverdue } from '#libs/reactions/overdue.ts';
import { REACTIONS } from '#libs/reactions/reactions.ts';
import type { Board } from './board.ts';
import { placeFile } from './place-file.ts';
import type { LogRecord } from './record.ts';
import { owedOn, reviewsOwedOn, surroundings } from './surroundings.ts';

export interface Reacting {
  readonly record: LogRecord;
  readonly board: Board;
  readonly clock: Clock;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

const OVERDUE_EVERY_MS = 2000;
const LEASE = 'reactions';

/** Until the signal; answers with the way to wait for the end. */
export function startReactions(it: Reacting): () => Promise<void> {
  const { leases } = it.record;
  const place = placeFile(join(it.folder, 'reactions.place'));
  const running =
    leases === null
      ? reactions(it, place)
      : whileHolding({
          leases,
          lease: LEASE,
          signal: it.signal,
          run: ({ fence }, signal) => reactions({ ...it, signal }, leasedPlace(leases, LEASE, fence), fence),
        });
  const done = running.catch((error: unknown) => {
    if (!it.signal.aborted) it.failed(error);
  });
  return () => done;
}

/** Rejects when the record fails; what was begun is found again under the same ids. */
async function reactions({ record, board, clock, signal }: Reacting, place: Place, fence?: Fence): Promise<void> {
  const port = fence === undefined ? record.port : { ...record.port, fence };
  const caughtUp = (position: string) => board.reached(position);
  const failed = Promise.withResolvers<never>();
  const markOverdue = async (): Promise<void> => {
    if (fence !== undefined) await board.reached(await record.store.head());
    const now = clock.seconds();
    const overdue = [...overdueOf(owedOn(board), now), ...reviewsOverdue(reviewsOwedOn(board), now)];
    for (const one of overdue) if (!signal.aborted) await carryOut(port, one);
  };
  const timer = setInterval(() => void markOverdue().catch(failed.reject), OVERDUE_EVERY_MS);
  try {
    const reacting = react({ port, reactions: REACTIONS, around: surroundings(board), place, caughtUp, signal });
    await Promise.race([reacting, failed.promise]);
  } finally {
    clearInterval(timer);
  }
}

/** A place that lies with its lease; without a fence to look at only. */
export function leasedPlace(leases: Leases, lease: string, fence: Fence | null): Place {
  return {
    load: () => leases.saved(lease),
    save: async (_log, position) => {
      const isSaved = fence !== null && (await leases.save(fence, position));
      if (!isSaved) throw new EventStoreError('Fenced', `Another process holds the lease "${lease}" by now.`);
    },
  };
}
