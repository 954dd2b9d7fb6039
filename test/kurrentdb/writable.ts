/** Waits until a call takes more, or was given up. */
import type { EventEmitter } from 'node:events';

export async function writable(call: EventEmitter): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const event of ['drain', 'cancelled']) call.once(event, resolve);
  await promise;
  for (const event of ['drain', 'cancelled']) call.off(event, resolve);
}
