/** What a proof finds wrong: the first event that does not hold, by a stable code and one sentence. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';

export interface Finding {
  readonly position: string;
  readonly stream: string;
  /** Of the event. */
  readonly type: string;
  readonly code: string;
  readonly why: string;
}

export function findingAt({ position, stream, type }: StoredEvent, { code, message }: Refusal): Finding {
  return { position, stream, type, code, why: message };
}
