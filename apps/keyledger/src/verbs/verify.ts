/** placeholder until the verifier lands */
import type { Terminal } from '../terminal.ts';

export function verify(_at: { folder: string; checkpoint?: string }, _terminal: Terminal): Promise<0 | 1 | 2> {
  return Promise.resolve(0);
}
