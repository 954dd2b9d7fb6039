/** A real security module in the attacker's hand: its line, its image, and the network that it operates on. */
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { SignRequest } from '#libs/chip-card-protocol/client.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Answer, Request, RequestOf } from '#libs/personalization-protocol/messages.ts';
import { type MemoryImage, memoryImage } from '../memory-image.ts';
import { execute } from '../security-module/line-session.ts';
import type { ModuleMemory } from '../security-module/module-memory.ts';
import { type ModuleParts, partsOf } from '../security-module/module-parts.ts';
import { SecurityModule } from '../security-module/security-module.ts';
import { type Maker, openKey } from './bank.ts';
import { octetsOf, orThrow } from './people.ts';

export class HeldModule {
  readonly image: MemoryImage<ModuleMemory>;
  readonly module: SecurityModule;
  #parts: ModuleParts;

  constructor(memory: ModuleMemory) {
    this.image = memoryImage(memory);
    this.module = new SecurityModule({ image: this.image });
    this.#parts = partsOf({ image: this.image });
  }

  get serial(): string {
    return this.module.serial;
  }

  /** One command, as it comes out of a session on the line. */
  execute(request: Request): Answer | Refusal {
    return execute(this.#parts, request, randomOctets(32));
  }

  /** Takes the power away and gives it back. */
  powerCycle(): void {
    this.#parts = partsOf({ image: this.image });
  }

  /** Has a key made or attested again: what SIGN CERTIFICATE takes. */
  attest(asked: RequestOf<'MakeKey'>): SignRequest | Refusal {
    const made = this.execute(asked);
    if (isRefusal(made)) return made;
    const { identity } = this.image.read();
    if (made.type !== 'KeyMade' || identity === null)
      return refuse('LINE_GARBAGE', 'The module answered something else.');
    const { attestation, signature } = made;
    return {
      attestation,
      signature,
      identity: octetsOf(identity.certificate),
      identityCa: octetsOf(identity.identityCa),
    };
  }

  /** What the identity key signs when its owner has opened the module. */
  signAsIdentity(statement: Uint8Array): Uint8Array {
    return signRaw(statement, openKey(this.image.read().identityKey));
  }
}

/** A module as it is delivered: identity certificate loaded, nothing of a customer in it. */
export function deliveredModule(maker: Maker, serial: string, moduleClass = 'SM-A1'): ModuleMemory {
  const image = memoryImage(maker.works.makeModule(serial, moduleClass));
  orThrow(maker.works.initializeModule(image));
  return image.read();
}
