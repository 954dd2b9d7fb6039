/**
 * The manufacturer: enters his root into every module, certifies their identity keys, and signs customers'
 * signing keys as required (S08f, S08g, S23a, S24c, S25c). He never sees a private key of module or card.
 */
import { issueCardAuthority, issueIdentity, parseCardAuthority } from '#libs/certificates/authority.ts';
import { issueRevocationList, type Revoked } from '#libs/certificates/crl.ts';
import type { Enforcement } from '#libs/certificates/oids.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Clock, Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { SealedImage } from '../sealed-image.ts';
import { identityKeyOf, initializedModule, loadIdentity } from '../security-module/initialization.ts';
import type { ModuleMemory } from '../security-module/module-memory.ts';
import {
  type ManufacturerMemory,
  foundedManufacturer,
  issuerOf,
  octetsOf,
  signWith,
  spkiWith,
} from './manufacturer-memory.ts';

/** What a customer hands in to have a chip card's signing key certified. */
export interface CardRequest {
  /** The customer, as he stands in every certificate. */
  readonly organization: string;
  readonly card: string;
  /** SPKI of the signing key, DER. */
  readonly spki: Uint8Array;
  /** 32 octets. */
  readonly genesis: Uint8Array;
  readonly enforcement: Enforcement;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
  /** Judges birth statement, device signature and device certificate; null when the key was born inside a genuine card. */
  readonly checkBirth: () => Refusal | null;
}

/** Days until the next list at the latest. */
const LIST_DAYS = 30;

export class Manufacturer {
  readonly #image: SealedImage<ManufacturerMemory>;
  readonly #clock: Clock;

  constructor(image: SealedImage<ManufacturerMemory>, clock: Clock) {
    this.#image = image;
    this.#clock = clock;
  }

  /** Content of a new manufacturer's first image. */
  static founded(organization: string, clock: Clock): ManufacturerMemory {
    return foundedManufacturer(organization, clock.seconds());
  }

  /** DER. */
  get root(): Uint8Array {
    return octetsOf(this.#image.read().root.certificate);
  }

  /** DER. */
  get identityCa(): Uint8Array {
    return octetsOf(this.#image.read().identityCa.certificate);
  }

  /** DER. */
  get customerCa(): Uint8Array {
    return octetsOf(this.#image.read().customerCa.certificate);
  }

  /** SPKI of the module identity CA, DER: what units and cards pin. */
  get identityCaSpki(): Uint8Array {
    return spkiWith(this.#image.read().identityCa.key);
  }

  /** SPKI of the card maker's key, DER. */
  get cardMakerSpki(): Uint8Array {
    return spkiWith(this.#image.read().cardMakerKey);
  }

  /** The card maker vouches for a device key: 64 octets r‖s over the statement. */
  signDevice(statement: Uint8Array): Uint8Array {
    return signWith(this.#image.read().cardMakerKey, statement);
  }

  /** A module as it leaves the line: the root burnt in, its identity key made by itself, not certified yet. */
  makeModule(serial: string, moduleClass: string): ModuleMemory {
    return initializedModule({ serial, moduleClass, manufacturerRoot: this.root });
  }

  /** Certifies the identity key of a module and loads the certificate; the module is ready for delivery. */
  initializeModule(image: SealedImage<ModuleMemory>): Refusal | null {
    const { serial: moduleSerial, moduleClass } = image.read();
    const { organization, identityCa } = this.#image.read();
    const certificate = issueIdentity({
      organization,
      moduleSerial,
      moduleClass,
      spki: identityKeyOf(image),
      notBefore: this.#clock.seconds(),
      issuer: issuerOf(identityCa),
    });
    return loadIdentity(image, { certificate, identityCa: this.identityCa });
  }

  /** The card CA certificate (DER), only for a key whose birth holds. */
  certifyCard(request: CardRequest): Uint8Array | Refusal {
    const { checkBirth, ...certified } = request;
    return checkBirth() ?? issueCardAuthority({ ...certified, issuer: issuerOf(this.#image.read().customerCa) });
  }

  /** Puts a card CA certificate on the list for ever; the next list names it. Refuses BAD_CERTIFICATE. */
  revokeCard(cardCa: Uint8Array, reason: Revoked['reason']): Refusal | null {
    const parsed = parseCardAuthority(cardCa);
    if (isRefusal(parsed)) return parsed;
    const memory = this.#image.read();
    const serial = toBase64url(parsed.serial);
    if (memory.revoked.some((one) => one.serial === serial)) return null;
    const revoked = [...memory.revoked, { serial, at: this.#clock.seconds(), reason }];
    this.#image.write({ ...memory, revoked });
    return null;
  }

  /** The customer signing CA's revocation list, DER; each has a higher number than the one before. */
  issueList(): Uint8Array {
    const memory = this.#image.read();
    const number = memory.crlNumber + 1;
    this.#image.write({ ...memory, crlNumber: number });
    const thisUpdate = this.#clock.seconds();
    return issueRevocationList({
      issuer: issuerOf(memory.customerCa),
      number,
      thisUpdate,
      nextUpdate: thisUpdate + LIST_DAYS * 86_400,
      revoked: memory.revoked.map((one) => ({ ...one, serial: octetsOf(one.serial) })),
    });
  }
}
