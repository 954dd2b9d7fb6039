/**
 * A module on the bench: a manufacturer, one initialized module, a customer's signing key and station keys,
 * all real. The signing key lies in the test, so that it can also sign what no chip card would.
 */
import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type CardAuthority, parseCardAuthority } from '#libs/certificates/authority.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type ModuleOperation, assemble, buildTbs } from '#libs/certificates/module-operation.ts';
import { type Clock, rfc3339Of } from '#libs/kernel/clock.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { publicJwk, sha256, spkiOf, thumbprint } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type Attestation, decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import type { Answer, RequestOf } from '#libs/personalization-protocol/messages.ts';
import { encodeStationStatement } from '#libs/personalization-protocol/station-statement.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import type { ManufacturerMemory } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { type MemoryImage, memoryImage } from '#module-emulator/memory-image.ts';
import type { SealedImage } from '#module-emulator/sealed-image.ts';
import type { Entropy } from '#module-emulator/security-module/key-birth.ts';
import { type ModuleLaws, moduleLaw } from '#module-emulator/security-module/law.ts';
import { execute } from '#module-emulator/security-module/line-session.ts';
import type { ModuleMemory } from '#module-emulator/security-module/module-memory.ts';
import { type ModuleParts, partsOf } from '#module-emulator/security-module/module-parts.ts';
import { SecurityModule } from '#module-emulator/security-module/security-module.ts';

export const BENCH_NOW = 1_790_000_000;
export const YEAR = 365 * 86_400;
export const BENCH_SERIAL = 'SM-000013';
const ORGANIZATION = 'Example Bank';

export function newSigningKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export const spkiOfPrivate = (key: KeyObject): Uint8Array => spkiOf(createPublicKey(key));
export const keyHashOf = (key: KeyObject): Uint8Array => sha256(spkiOfPrivate(key));

export function orThrow<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

type InstallMembers = Omit<RequestOf<'Install'>, 'type'>;

/** A customer: genesis, the card's key and its card CA. */
export interface Customer {
  readonly genesis: Uint8Array;
  readonly key: KeyObject;
  readonly cardCa: Uint8Array;
}

export interface BenchOptions {
  readonly law?: ModuleLaws;
  readonly entropy?: Entropy;
  readonly serial?: string;
  /** Shares the manufacturer with another bench. */
  readonly safe?: MemoryImage<ManufacturerMemory>;
  /** How the module keeps its memory, where not all of it inside. */
  readonly keeps?: (image: SealedImage<ModuleMemory>) => SealedImage<ModuleMemory>;
  /** Leaves the module without its identity certificate. */
  readonly initialized?: boolean;
}

export class ModuleBench {
  now = BENCH_NOW;
  readonly clock: Clock = { seconds: () => this.now, rfc3339: () => rfc3339Of(this.now) };
  /** The manufacturer's safe: a thief's way to his keys. */
  readonly safe: MemoryImage<ManufacturerMemory>;
  readonly manufacturer: Manufacturer;
  readonly image: MemoryImage<ModuleMemory>;
  readonly parts: ModuleParts;
  readonly module: SecurityModule;
  readonly customer: Customer;
  readonly orderHash = randomOctets(32);
  readonly stationKey = newSigningKey();
  readonly stationNextKey = newSigningKey();

  constructor(options: BenchOptions = {}) {
    this.safe = options.safe ?? memoryImage(Manufacturer.founded('Module Works', this.clock));
    this.manufacturer = new Manufacturer(this.safe, this.clock);
    this.image = memoryImage(this.manufacturer.makeModule(options.serial ?? BENCH_SERIAL, 'SM-A1'));
    if (options.initialized !== false) orThrow(this.manufacturer.initializeModule(this.image));
    this.customer = this.newCustomer();
    const given = {
      image: options.keeps?.(this.image) ?? this.image,
      law: options.law ?? moduleLaw,
      ...(options.entropy === undefined ? {} : { entropy: options.entropy }),
    };
    this.parts = partsOf(given);
    this.module = new SecurityModule(given);
  }

  /** A card CA as the manufacturer issues it; `key` when one key is certified twice. */
  newCustomer(
    change: {
      genesis?: Uint8Array;
      key?: KeyObject;
      organization?: string;
      enforcement?: 'device' | 'host';
      notAfter?: number;
    } = {},
  ): Customer {
    const key = change.key ?? newSigningKey();
    const genesis = change.genesis ?? randomOctets(32);
    const cardCa = this.manufacturer.certifyCard({
      organization: change.organization ?? ORGANIZATION,
      card: 'CC-01',
      spki: spkiOfPrivate(key),
      genesis,
      enforcement: change.enforcement ?? 'device',
      notBefore: BENCH_NOW,
      notAfter: change.notAfter ?? BENCH_NOW + 10 * YEAR,
      checkBirth: () => null,
    });
    return { genesis, key, cardCa: orThrow(cardCa) };
  }

  /** One command, as it would come out of the TLS session with this exporter. */
  execute(request: Parameters<typeof execute>[1], exporter: Uint8Array = new Uint8Array(32)): Answer | Refusal {
    return execute(this.parts, request, exporter);
  }

  makeKeyRequest(change: Partial<RequestOf<'MakeKey'>> = {}): RequestOf<'MakeKey'> {
    return {
      type: 'MakeKey',
      genesis: this.customer.genesis,
      orderHash: this.orderHash,
      cardKey: cardKeyOf(this.customer),
      challenge: randomOctets(32),
      unitRandom: randomOctets(32),
      unitTime: this.now,
      keyBirth: 'personalization-with-salt',
      ...change,
    };
  }

  /** Has a key made; throws where the module refuses. */
  makeKey(change: Partial<RequestOf<'MakeKey'>> = {}): Attestation {
    const answer = orThrow(this.execute(this.makeKeyRequest(change)));
    if (answer.type !== 'KeyMade') throw new Error(answer.type);
    return orThrow(decodeAttestation(answer.attestation));
  }

  cardAuthority(cardCa: Uint8Array = this.customer.cardCa): CardAuthority {
    return orThrow(parseCardAuthority(cardCa));
  }

  /** What an honest card certifies for this attestation. */
  operation(attestation: Attestation, change: Partial<ModuleOperation> = {}): ModuleOperation {
    const issuer = this.cardAuthority();
    return {
      orderHash: this.orderHash,
      spki: attestation.spki,
      logNumber: 1,
      previousLogHead: new Uint8Array(32),
      issuerName: issuer.name,
      issuerKeyId: issuer.keyId,
      notBefore: BENCH_NOW,
      notAfter: BENCH_NOW + 3 * YEAR,
      organization: issuer.organization,
      profile: 'module-operation-1',
      moduleSerial: attestation.serial,
      enforcement: issuer.enforcement,
      stationKeyHash: keyHashOf(this.stationKey),
      approverSetVersion: 1,
      epoch: attestation.epoch,
      assurance: 'manufacturer-anchored',
      ...change,
    };
  }

  /** Everything INSTALL takes, made honestly but for what is changed. */
  installation(attestation: Attestation, change: InstallChange = {}): RequestOf<'Install'> {
    const signer = change.signer ?? this.customer.key;
    const tbs = buildTbs(this.operation(attestation, change.operation));
    const stationKey = change.statementStation ?? keyHashOf(this.stationKey);
    const stationNextKey = keyHashOf(this.stationNextKey);
    const bytes = encodeStationStatement({ tbsHash: sha256(tbs), stationKey, stationNextKey });
    return {
      type: 'Install',
      customerCa: this.manufacturer.customerCa,
      cardCa: this.customer.cardCa,
      certificate: assemble(tbs, signRaw(tbs, signer)),
      stationStatement: { stationKey, stationNextKey, signature: signRaw(bytes, signer) },
      crl: change.request?.crl ?? this.manufacturer.issueList(),
      ...change.request,
    };
  }

  /** An honest personalization; the module operates afterwards. */
  personalize(): Attestation {
    const attestation = this.makeKey();
    orThrow(this.execute(this.installation(attestation)));
    return attestation;
  }
}

export interface InstallChange {
  readonly operation?: Partial<ModuleOperation>;
  readonly signer?: KeyObject;
  /** SPKI hash in the station statement, where the card signs another than the certificate names. */
  readonly statementStation?: Uint8Array;
  readonly request?: Partial<InstallMembers>;
}

export function cardKeyOf(customer: Customer): Uint8Array {
  const octets = fromBase64url(thumbprint(publicJwk(createPublicKey(customer.key))));
  if (octets === null) throw new Error('a thumbprint is base64url');
  return octets;
}
