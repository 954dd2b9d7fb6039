/**
 * A whole bank on emulated parts: maker, officers, approver set, headquarters with the lease key, station, log.
 * Every secret in it lies open, so that an attacker can be given exactly those that he is said to have.
 */
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type ApproverSet, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii, toBase64url } from '#libs/kernel/bytes.ts';
import { type Clock, rfc3339Of } from '#libs/kernel/clock.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { hashId, keyFromSpki, publicJwk, sha256, thumbprint } from '#libs/kernel/hash.ts';
import { nonce, randomOctets } from '#libs/kernel/ids.ts';
import {
  type AdmitWitnessOrder,
  type AdoptApproverSetOrder,
  type DisableSigningKeyOrder,
  type EnrolStationOrder,
  type IssueCardOrder,
  type PersonalizeOrder,
  type ResetOrder,
  type TrustSigningKeyOrder,
  orderBytes,
} from '#libs/kernel/order.ts';
import type { NoteSigner } from '#libs/seal/signed-note.ts';
import { Manufacturer } from '../manufacturer/manufacturer.ts';
import { memoryImage } from '../memory-image.ts';
import { BankLog, WITNESS } from './bank-log.ts';
import { type People, HOST_POLICY, newKey, octetsOf, people, setOf, signs, spkiOfPrivate } from './people.ts';

export const NOW = 1_790_000_000;
export const DAY = 86_400;
export const STATION = 'north';

const clock: Clock = { seconds: () => NOW, rfc3339: () => rfc3339Of(NOW) };

/** The manufacturer of modules and cards, his safe open. */
export class Maker {
  readonly safe = memoryImage(Manufacturer.founded('Module Works', clock));
  readonly works = new Manufacturer(this.safe, clock);
}

/** The keys of the server: everything that lies on it. */
export interface ServerKeys {
  /** Signs checkpoints, Ed25519. */
  readonly log: NoteSigner;
  /** Signs trust lists. */
  readonly list: KeyObject;
}

export function serverKeys(): ServerKeys {
  const { privateKey: key } = generateKeyPairSync('ed25519');
  return { log: { name: 'example.test/log', key }, list: newKey() };
}

export interface BankOptions {
  readonly maker?: Maker;
  readonly people?: People;
  readonly server?: ServerKeys;
  readonly organization?: string;
  /** Whether its policy lets in units that leave their law to the host. */
  readonly hostAllowed?: boolean;
}

export class Bank {
  readonly genesis = randomOctets(32);
  readonly genesisId = toBase64url(this.genesis);
  readonly maker: Maker;
  readonly people: People;
  readonly server: ServerKeys;
  readonly organization: string;
  readonly set: ApproverSet;
  readonly setBytes: Uint8Array;
  readonly setHash: string;
  readonly leaseKey = newKey();
  readonly stationKey = newKey();
  readonly stationNextKey = newKey();
  readonly log: BankLog;

  constructor(options: BankOptions = {}) {
    this.maker = options.maker ?? new Maker();
    this.people = options.people ?? people();
    this.server = options.server ?? serverKeys();
    this.organization = options.organization ?? 'Example Bank';
    this.set = setOf(Object.values(this.people), options.hostAllowed === true ? { policy: HOST_POLICY } : {});
    this.setBytes = approverSetBytes(this.set);
    this.setHash = approverSetHash(this.setBytes);
    this.log = new BankLog(this.server.log);
  }

  /** A test deployment of the same bank: the same people, keys and machines, and another genesis. */
  testDeployment(): Bank {
    return new Bank({ maker: this.maker, people: this.people, server: this.server });
  }

  get stationKeyHash(): Uint8Array {
    return sha256(spkiOfPrivate(this.stationKey));
  }

  /** SHA-256 of the announced key that will follow. */
  get stationNextKeyHash(): Uint8Array {
    return sha256(spkiOfPrivate(this.stationNextKey));
  }

  get #common() {
    return {
      domain: 'keyledger/order/v1',
      genesis: this.genesisId,
      approverSet: this.setHash,
      site: 'hamburg',
      moduleClass: 'SM-A1',
      requester: 'ada',
      nonce: nonce(),
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
      reportBy: NOW + 2 * DAY,
    } as const;
  }

  personalize(cardKey: string, change: Partial<PersonalizeOrder> = {}): Uint8Array {
    return orderBytes({
      ...this.#common,
      kind: 'personalize',
      cardKey,
      unit: 'unit-1',
      station: STATION,
      stationKey: toBase64url(this.stationKeyHash),
      stationNextKey: toBase64url(this.stationNextKeyHash),
      profile: 'module-operation-1',
      certificateNotBefore: NOW - DAY,
      certificateNotAfter: NOW + 3600 * DAY,
      serials: ['SM-000013'],
      ...change,
    });
  }

  /** `deviceKey` is the hash of the device key's SPKI. */
  issueCard(card: string, deviceKey: string, change: Partial<IssueCardOrder> = {}): Uint8Array {
    const issuing = { kind: 'issue-card', card, deviceKey, enforcement: 'device' } as const;
    return orderBytes({ ...this.#common, ...issuing, custodians: ['cem', 'dot'], ...change });
  }

  /** Of module SM-000013 in its first epoch. */
  reset(cardKey: string, change: Partial<ResetOrder> = {}): Uint8Array {
    const erasing = { kind: 'reset', cardKey, unit: 'unit-1', serial: 'SM-000013', epoch: 1 } as const;
    return orderBytes({ ...this.#common, ...erasing, ...change });
  }

  adopt(change: Pick<AdoptApproverSetOrder, 'set'> & Partial<AdoptApproverSetOrder>): Uint8Array {
    const adopting = { kind: 'adopt-approver-set', version: 8, previous: this.setHash } as const;
    return orderBytes({ ...this.#common, ...adopting, ...change });
  }

  /** In the place of the one that this bank was founded with, of another, or of nobody. */
  admitWitness(witness: string, instead: string | null = WITNESS, change: Partial<AdmitWitnessOrder> = {}): Uint8Array {
    const place = instead === null ? {} : { instead };
    return orderBytes({ ...this.#common, kind: 'admit-witness', witness, ...place, ...change });
  }

  trustKey(key: Pick<TrustSigningKeyOrder, 'card' | 'cardKey' | 'birth'>, change: Partial<TrustSigningKeyOrder> = {}) {
    return orderBytes({ ...this.#common, kind: 'trust-signing-key', stations: [STATION], ...key, ...change });
  }

  /** From a checkpoint on, where the change names one. */
  disableKey(cardKey: string, change: Partial<DisableSigningKeyOrder> = {}): Uint8Array {
    const mode = change.checkpoint === undefined ? 'strict' : 'from-checkpoint';
    const disabling = { kind: 'disable-signing-key', cardKey, mode, modules: 0, reason: 'lost' } as const;
    return orderBytes({ ...this.#common, ...disabling, ...change });
  }

  enrolStation(station: string, change: Partial<EnrolStationOrder> = {}): Uint8Array {
    const key = hashId(ascii(station));
    const keys = { kind: 'enrol-station', station, credential: key, stationKey: key, stationNextKey: key } as const;
    return orderBytes({ ...this.#common, ...keys, ...change });
  }

  /** What an honest order gets: two persons, class A. */
  readonly approvals = (bytes: Uint8Array): readonly Proof[] => {
    const { ada, ben } = this.people;
    return [signs(ada, bytes), signs(ben, bytes)];
  };
}

/** Thumbprint of a key, as orders and lists name it. */
export function cardKeyOf(spki: Uint8Array): string {
  return thumbprint(publicJwk(keyFromSpki(spki)));
}

/** A private key from PKCS #8 as devices keep it, base64url. */
export function openKey(member: string | null): KeyObject {
  return createPrivateKey({ key: Buffer.from(octetsOf(member ?? '')), format: 'der', type: 'pkcs8' });
}

export const publicOf = (key: KeyObject): KeyObject => createPublicKey(key);
