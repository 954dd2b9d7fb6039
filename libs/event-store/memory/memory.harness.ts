/** The memory engine for the contract suite. */
import type { Harness } from '../contract/harness.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryEventStore } from './memory-store.ts';

const LACKS = {
  'a way beneath the port': 'there is nothing beneath the port but private fields of this process',
  'a wire': 'store and caller are one process; an answer is lost only with both',
  'a log on a disk': 'the log itself lies in the memory that would be measured',
};

export const memoryHarness: Harness = {
  open: async () => {
    const log = new MemoryLog();
    const store = new MemoryEventStore(log);
    const reopen = async () => Promise.resolve(new MemoryEventStore(log));
    return Promise.resolve({ store, reopen, dispose: () => store.close() });
  },
  lacks: LACKS,
};
