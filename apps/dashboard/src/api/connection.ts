/** Whether the platform answers; since when not, where it does not. */
import { nowMs } from '../clock.ts';
import { Store, useStore } from '../store.ts';

/** Milliseconds since 1970 at which it was lost; null while all is well. */
const goneSince = new Store<number | null>(null);

export function answered(): void {
  goneSince.set(null);
}

export function lost(): void {
  if (goneSince.get() === null) goneSince.set(nowMs());
}

export function useGoneSince(): number | null {
  return useStore(goneSince);
}
