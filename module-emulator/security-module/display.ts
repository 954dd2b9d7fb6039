/** What a security module shows of itself towards the inside of its housing: the words of its own keys. */
import { type Shown, shows } from '#libs/local/display.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { KeyHandle } from './key-memory.ts';
import type { ModuleMemory } from './module-memory.ts';

/** The identity key, for life, and the module key once it operates; each by its SPKI hash. */
export function moduleShows({ identityKey, operation }: ModuleMemory): readonly Shown[] {
  const line = (key: string, member: string) => shows(key, sha256(KeyHandle.open(member).publicKey()));
  return [line('identity key', identityKey), ...(operation === null ? [] : [line('module key', operation.privateKey)])];
}
