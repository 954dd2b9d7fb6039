/** IDENTIFY: who the module is and in which state; answered in every state after initialization (S16a, S25c). */
import type { AnswerOf } from '#libs/personalization-protocol/messages.ts';
import { type ModuleParts, octetsOf } from '../module-parts.ts';

export function identify({ image }: ModuleParts): AnswerOf<'Identified'> {
  const { serial, moduleClass, state, epoch, identity } = image.read();
  return {
    type: 'Identified',
    serial,
    moduleClass,
    state,
    epoch,
    identity: octetsOf(identity?.certificate ?? ''),
    identityCa: octetsOf(identity?.identityCa ?? ''),
  };
}
