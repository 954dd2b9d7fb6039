/** Does something as long as this process holds the lease of it; waits for the lease while another process does. */
import { monotonicMs } from '#libs/kernel/clock.ts';
import { isEventStoreError } from './event-store.ts';
import type { Held, Leases } from './leases.ts';

export interface Holding {
  readonly leases: Pick<Leases, 'take' | 'keep' | 'release'>;
  readonly lease: string;
  readonly signal: AbortSignal;
  /** A killed holder is followed after this long, milliseconds. */
  readonly forMs?: number;
  /** Its signal is aborted when the lease is lost, or at the end. What it rejects with after that is not of interest. */
  readonly run: (held: Held, signal: AbortSignal) => Promise<void>;
}

/** Others take over within this time and the time between two tries. */
export const LEASE_MS = 3000;

/** Until the signal. Rejects with what `run` rejects with while it holds the lease; what is Fenced or Unavailable is tried again. */
export async function whileHolding({ leases, lease, signal, forMs = LEASE_MS, run }: Holding): Promise<void> {
  while (!signal.aborted) {
    const held = await leases.take(lease, forMs).catch(unlessBroken);
    if (held == null) await pause(forMs / 6, signal);
    else await holding(held, { leases, lease, signal, forMs, run });
  }
}

async function holding(held: Held, it: Required<Holding>): Promise<void> {
  const lost = new AbortController();
  const signal = AbortSignal.any([it.signal, lost.signal]);
  const keeping = keep(held, it, signal).then((isHeld) => (isHeld ? undefined : lost.abort()));
  try {
    await it.run(held, signal);
  } catch (error) {
    if (!signal.aborted) unlessBroken(error);
  } finally {
    lost.abort();
    await keeping;
    await it.leases.release(held.fence).catch(unlessBroken);
  }
  await pause(it.forMs / 12, it.signal); // a run that broke off is not begun again at once
}

/** False once the lease is another's, or could not be kept for as long as it lasts. */
async function keep({ fence }: Held, { leases, forMs }: Required<Holding>, signal: AbortSignal): Promise<boolean> {
  for (let until = monotonicMs() + forMs; monotonicMs() < until;) {
    await pause(forMs / 4, signal);
    if (signal.aborted) return true;
    const since = monotonicMs();
    const isHeld = await leases.keep(fence, forMs).catch(unlessBroken);
    if (isHeld === false) return false;
    if (isHeld === true) until = since + forMs;
  }
  return false;
}

function unlessBroken(error: unknown): null {
  if (isEventStoreError(error, 'Unavailable') || isEventStoreError(error, 'OutcomeUnknown')) return null;
  if (isEventStoreError(error, 'Fenced')) return null;
  throw error;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
