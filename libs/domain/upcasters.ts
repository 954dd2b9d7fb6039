/** Every type of event that is stored in more than one version, and how an earlier one is read as the next. */
import { kindOfActor } from '#libs/kernel/actor.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';

/** What was refused, since version 2 with the kind of caller: before, it followed from who was named beside it. */
function refusedSince2({ data, metadata }: StoredEvent): unknown {
  return { ...(data as object), caller: kindOfActor(metadata.actor ?? '') }; // its shape was judged as version 1
}

export const UPCASTERS = { OperationRefused: [refusedSince2] } as const;
