/** What every command of a security module works with: its image, its entropy, its laws. */
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import type { SealedImage } from '../sealed-image.ts';
import type { Entropy } from './key-birth.ts';
import { KeyHandle } from './key-memory.ts';
import { type ModuleLaws, moduleLaw } from './law.ts';
import type { ModuleMemory } from './module-memory.ts';

export interface ModuleParts {
  readonly image: SealedImage<ModuleMemory>;
  readonly entropy: Entropy;
  readonly law: ModuleLaws;
  /** Gone with the power. */
  readonly powered: Powered;
}

export interface Powered {
  /** Outstanding for one reset. */
  resetNonce: Uint8Array | null;
}

export interface ModuleOptions {
  readonly image: SealedImage<ModuleMemory>;
  /** Internal randomness; a test sets it to show what the salt does. */
  readonly entropy?: Entropy;
  /** The attack suite takes one check out. */
  readonly law?: ModuleLaws;
}

export function partsOf(options: ModuleOptions): ModuleParts {
  return {
    image: options.image,
    entropy: options.entropy ?? randomOctets,
    law: options.law ?? moduleLaw,
    powered: { resetNonce: null },
  };
}

/** Octets of a member of the image; the module alone writes them. */
export function octetsOf(member: string): Uint8Array {
  const octets = fromBase64url(member);
  if (octets === null) throw new Error('a member of the image is not base64url');
  return octets;
}

export function identityHandle(memory: ModuleMemory): KeyHandle {
  return KeyHandle.open(memory.identityKey);
}
