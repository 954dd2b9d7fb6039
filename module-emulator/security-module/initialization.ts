/**
 * The module before it is delivered: it makes its identity key at the end of manufacture, and its maker
 * loads the certificate on it (S25b, S25c). Two initialized modules differ in serial and identity alone (S08g).
 */
import { parseAuthority } from '#libs/certificates/authority.ts';
import { verifyIdentityChain } from '#libs/certificates/chain.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { SealedImage } from '../sealed-image.ts';
import { KeyHandle, newIdentityKey } from './key-memory.ts';
import type { ModuleMemory } from './module-memory.ts';
import { octetsOf } from './module-parts.ts';

export interface Housing {
  readonly serial: string;
  readonly moduleClass: string;
  /** The manufacturer's root certificate, DER. */
  readonly manufacturerRoot: Uint8Array;
}

/** The content of a module's first image; nothing customer-specific is in it (S30b). */
export function initializedModule(housing: Housing): ModuleMemory {
  return {
    serial: housing.serial,
    moduleClass: housing.moduleClass,
    state: 'initialized',
    manufacturerRoot: toBase64url(housing.manufacturerRoot),
    identityKey: newIdentityKey(),
    identity: null,
    epoch: 0,
    genesis: null,
    pending: null,
    operation: null,
    lastReset: null,
    crlNumber: 0,
    floor: 0,
  };
}

/** SPKI of the identity key, DER: what the manufacturer certifies. */
export function identityKeyOf(image: SealedImage<ModuleMemory>): Uint8Array {
  return KeyHandle.open(image.read().identityKey).publicKey();
}

/** Loads the identity certificate, once; from here on the module is in its personalization state (S08f). */
export function loadIdentity(
  image: SealedImage<ModuleMemory>,
  certified: { readonly certificate: Uint8Array; readonly identityCa: Uint8Array },
): Refusal | null {
  const memory = image.read();
  if (memory.state !== 'initialized')
    return refuse('IDENTITY_LOADED', 'The module has its identity certificate already, for life.');
  const root = parseAuthority(octetsOf(memory.manufacturerRoot));
  if (isRefusal(root)) return root;
  const pinned = { rootSpki: root.spki };
  const identity = verifyIdentityChain({ leaf: certified.certificate, identityCa: certified.identityCa, pinned });
  if (isRefusal(identity)) return identity;
  const own =
    identity.serial === memory.serial &&
    identity.moduleClass === memory.moduleClass &&
    equal(identity.spki, identityKeyOf(image));
  if (!own) return refuse('IDENTITY_OTHER_MODULE', 'The identity certificate is for another module.');
  const [certificate, identityCa] = [toBase64url(certified.certificate), toBase64url(certified.identityCa)];
  image.write({ ...memory, state: 'personalization', identity: { certificate, identityCa } });
  return null;
}
