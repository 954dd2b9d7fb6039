/** Whether a second thread of a long task finds a core: where others wait for one already, its hand-over costs more than it saves. */
import { availableParallelism, loadavg } from 'node:os';

/** A little more than all of them, because whoever asks is at work himself. */
const BUSY = 1.25;

/** By the load of the last minute; true where the system tells of none. */
export function hasSpareCore(): boolean {
  const [lastMinute = 0] = loadavg();
  const cores = availableParallelism();
  return cores > 1 && lastMinute < BUSY * cores;
}
