/** The memory engine for the contract suite. */
import type { Harness } from '../contract/harness.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryEventStore } from './memory-store.ts';

const NO_RAW = 'there is nothing beneath the port but private fields of this process';

export const memoryHarness: Harness = {
  open: async () => {
    const log = new MemoryLog();
    const store = new MemoryEventStore(log);
    const reopen = async () => Promise.resolve(new MemoryEventStore(log));
    return Promise.resolve({ store, reopen, dispose: () => store.close() });
  },
  skips: { 40: NO_RAW, 41: NO_RAW },
};
