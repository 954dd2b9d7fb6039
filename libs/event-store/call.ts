/** The limits of one call, held by us: its abort signal and its time. */
import { monotonicMs } from '#libs/kernel/clock.ts';
import { type Call, EventStoreError } from './event-store.ts';

/** Begins a call: the function it gives throws Cancelled after an abort and Unavailable past the time allowed. */
export function begin(call: Call): () => void {
  const deadline = call.timeoutMs === undefined ? Infinity : monotonicMs() + call.timeoutMs;
  const check = () => {
    if (call.signal?.aborted === true) throw new EventStoreError('Cancelled', 'The caller cancelled before an answer.');
    if (monotonicMs() > deadline) throw new EventStoreError('Unavailable', `No answer within ${call.timeoutMs} ms.`);
  };
  check();
  return check;
}

/** For an engine of one process, which keeps no leases. Throws Unsupported. */
export function refuseFence({ fence }: Call): void {
  if (fence !== undefined)
    throw new EventStoreError('Unsupported', 'This engine is of one process alone and keeps no leases.');
}
