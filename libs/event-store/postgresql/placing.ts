/** Where the appends of a group go: behind each other, by the heads that the draft knows, and never back in time. */
import { placeOf, wanted } from '../admission.ts';
import type { Waiting } from '../append-queue.ts';
import { type Appended, EventStoreError, type Fence } from '../event-store.ts';
import { positionOf } from '../position.ts';
import type { Draft } from './heads.ts';
import { type Written, writtenOf } from './statements.ts';

/** A waiting append with what is to be written of it, and what its caller is told once that is durable. */
export interface Placed {
  readonly waiting: Waiting;
  readonly written: readonly Written[];
  readonly answer: () => void;
}

/** Behind `next`. Throws WrongExpectedRevision or DuplicateEventId, and leaves the draft as it was. */
export function placed(waiting: Waiting, draft: Draft, next: number): Placed {
  const undo = draft.undo(waiting.requests);
  const isRising = draft.recordedAt !== '';
  const written: Written[] = [];
  try {
    const appended = waiting.requests.map((request): Appended => {
      const { stream, events } = request;
      const head = draft.heads.get(stream) ?? null;
      const standing = (id: string) => draft.placeOf(stream, id);
      const revisionOf = (id: string) => standing(id)?.revision ?? null;
      const { first, replayed } = placeOf(wanted(request), { head, revisionOf });
      const last = first + BigInt(events.length) - 1n;
      if (replayed) {
        const number = standing(events.at(-1)?.event.id ?? '')?.number;
        return { stream, revision: last, position: number === undefined ? null : positionOf(number), replayed };
      }
      for (const [at, admitted] of events.entries()) {
        const revision = first + BigInt(at);
        draft.stands(stream, admitted.event.id, { revision, number: next + written.length });
        const one = writtenOf(stream, admitted, { revision, notBefore: draft.recordedAt });
        if (isRising) draft.recordedAt = one.recorded_at;
        written.push(one);
      }
      draft.heads.set(stream, last);
      return { stream, revision: last, position: positionOf(next + written.length - 1), replayed };
    });
    return { waiting, written, answer: () => waiting.resolve(appended) };
  } catch (error) {
    undo();
    throw error;
  }
}

/** Each fence of the group once. */
export function fencesOf(group: readonly Pick<Waiting, 'fence'>[]): readonly Fence[] {
  const fences = new Map<string, Fence>();
  for (const { fence } of group) if (fence !== null) fences.set(`${fence.epoch} ${fence.lease}`, fence);
  return [...fences.values()];
}

export function isHeld(fence: Fence | null, epochs: ReadonlyMap<string, number>): boolean {
  return fence === null || epochs.get(fence.lease) === fence.epoch;
}

export function fenced(fence: Fence | null): EventStoreError {
  const lease = fence?.lease ?? '';
  return new EventStoreError('Fenced', `Another process holds the lease "${lease}" by now; nothing was stored.`);
}
