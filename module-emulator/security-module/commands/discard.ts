/** DISCARD: erases the pending key, so that another order can be served. Nothing to erase is no error. */
import type { AnswerOf } from '#libs/personalization-protocol/messages.ts';
import type { ModuleParts } from '../module-parts.ts';

export function discard({ image }: ModuleParts): AnswerOf<'Discarded'> {
  const memory = image.read();
  if (memory.pending !== null) image.write({ ...memory, pending: null });
  return { type: 'Discarded' };
}
