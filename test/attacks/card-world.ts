/**
 * A small world around one real chip card: its maker, the bank's officers, headquarters with the lease key, and modules
 * with identities. Whatever an attacker may hold lies open here; what only the card holds lies in its image.
 */
import { type KeyObject, createPublicKey } from 'node:crypto';
import { issueIdentity } from '#libs/certificates/authority.ts';
import type { CardSetup, ChipCardClient, KeyBirth } from '#libs/chip-card-protocol/client.ts';
import { type ApproverSet, type PolicyRule, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { type Clock, rfc3339Of } from '#libs/kernel/clock.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { hashId, keyFromSpki, publicJwk, sha256, spkiOf, thumbprint } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { heldKey, officer, rule, setOf, signs } from '#libs/kernel/officers.fixture.ts';
import {
  type AdoptApproverSetOrder,
  type IssueCardOrder,
  type PersonalizeOrder,
  type ResetOrder,
  orderBytes,
} from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type CardMemory, manufacturedCard, publicSpki } from '#module-emulator/chip-card/memory.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { issuerOf } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import { memoryImage } from '#module-emulator/memory-image.ts';
import { type SigningKeys, keysInside } from '#module-emulator/chip-card/keys.ts';
import { cardLaws } from '#module-emulator/chip-card/law.ts';
import { CardBench, PINS, orNull } from './card-bench.ts';

export const NOW = 1_790_000_000;
export const DAY = 86_400;
export const CARD = 'CC-01';
export const BANK = 'Example Bank';

export const clock: Clock = { seconds: () => NOW, rfc3339: () => rfc3339Of(NOW) };

export function orThrow<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

export function octetsOf(id: string): Uint8Array {
  const octets = fromBase64url(id);
  if (octets === null) throw new Error('an id is base64url');
  return octets;
}

export const newKey = (): KeyObject => heldKey().privateKey;
export const spkiOfPrivate = (key: KeyObject): Uint8Array => spkiOf(createPublicKey(key));

/** A module as the card sees it: an identity and who made it. */
export interface WorldModule {
  readonly serial: string;
  readonly moduleClass: string;
  readonly identityKey: KeyObject;
  readonly identity: Uint8Array;
  readonly identityCa: Uint8Array;
}

/** A manufacturer of modules and cards, his safe open. */
export class Maker {
  readonly safe = memoryImage(Manufacturer.founded('Module Works', clock));
  readonly works = new Manufacturer(this.safe, clock);

  module(serial: string, moduleClass = 'SM-A1'): WorldModule {
    const identityKey = newKey();
    const issuer = issuerOf(this.safe.read().identityCa);
    const certified = { organization: 'Module Works', moduleSerial: serial, moduleClass, notBefore: NOW, issuer };
    const identity = issueIdentity({ ...certified, spki: spkiOfPrivate(identityKey) });
    return { serial, moduleClass, identityKey, identity, identityCa: this.works.identityCa };
  }
}

/** Ada asks and approves with two keys, Ben approves, Cem approves with one key of each class and keeps a PIN, Dot keeps the other, Fay approves with a passkey. */
export const officers = {
  ada: officer('ada', ['requester', 'approver'], 'AA'),
  ben: officer('ben', ['approver']),
  cem: officer('cem', ['approver', 'custodian'], 'AB'),
  dot: officer('dot', ['requester', 'custodian']),
  fay: officer('fay', ['approver'], 'P'),
};

/** Hamburg needs two persons with class A keys; a branch two persons with any; no other site may personalize. */
const POLICY: readonly PolicyRule[] = [
  rule('issue-card'),
  rule('adopt-approver-set'),
  rule('reset'),
  rule('transfer'),
  rule('personalize', { site: 'hamburg' }),
  rule('personalize', { site: 'branch', classA: 0 }),
];

export class CardWorld {
  /** Where signing keys lie here, and with that who enforces the law over them. */
  get keys(): SigningKeys {
    return keysInside;
  }

  get policy(): readonly PolicyRule[] {
    return POLICY;
  }

  readonly maker = new Maker();
  readonly genesis = randomOctets(32);
  readonly genesisId = toBase64url(this.genesis);
  /** Validity of card CA certificates. */
  readonly certified = { notBefore: NOW, notAfter: NOW + 3650 * DAY };
  readonly set: ApproverSet = setOf(Object.values(officers), this.policy, { version: 7 });
  readonly setBytes = approverSetBytes(this.set);
  readonly setHash = approverSetHash(this.setBytes);
  /** Lies at the custodians' headquarters. */
  readonly leaseKey = newKey();
  readonly module = this.maker.module('SM-000013');
  readonly setup: CardSetup = {
    genesis: this.genesis,
    approverSet: this.setBytes,
    leaseKeySpki: spkiOfPrivate(this.leaseKey),
    identityCaSpki: this.maker.works.identityCaSpki,
    organization: BANK,
  };

  /** A card fresh from its maker. */
  manufactured(card = CARD): CardMemory {
    return manufacturedCard({
      card,
      pins: PINS,
      capacity: 16,
      enforcement: this.keys.enforcement,
      makerSigns: (statement) => this.maker.works.signDevice(statement),
    });
  }

  /** Up to PUT CERTIFICATE: pins, key and CA certificate are in it, and it still refuses to sign. */
  async issued(card = CARD): Promise<CardMemory> {
    const bench = new CardBench(this.manufactured(card), cardLaws, this.keys);
    const client = await bench.withCustodians();
    orNull(await client.putApproverSet(this.setup));
    const birth = orThrow(await client.generateKey());
    orNull(await client.putCertificate(this.cardCa(card, birth)));
    return bench.image.read();
  }

  async active(card = CARD): Promise<CardMemory> {
    const bench = new CardBench(await this.issued(card), cardLaws, this.keys);
    orNull(await this.activate(bench));
    return bench.image.read();
  }

  cardCa(card: string, birth: KeyBirth, organization = BANK): Uint8Array {
    const request = {
      organization,
      card,
      spki: birth.spki,
      genesis: this.genesis,
      enforcement: this.keys.enforcement,
      checkBirth: () => null,
    } as const;
    return orThrow(this.maker.works.certifyCard({ ...request, ...this.certified }));
  }

  readonly #common = {
    domain: 'keyledger/order/v1',
    genesis: this.genesisId,
    approverSet: this.setHash,
    site: 'hamburg',
    moduleClass: 'SM-A1',
    requester: 'ada',
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    reportBy: NOW + 2 * DAY,
  } as const;

  /** The order that issues this very card. */
  issueOrder({ card, deviceKey }: CardMemory, changes: Partial<IssueCardOrder> = {}): Uint8Array {
    const issuing = {
      kind: 'issue-card',
      card,
      deviceKey: hashId(publicSpki(deviceKey)),
      custodians: ['cem', 'dot'],
      enforcement: this.keys.enforcement,
    } as const;
    return orderBytes({ ...this.#common, ...issuing, ...changes });
  }

  personalizeOrder(memory: CardMemory, changes: Partial<PersonalizeOrder> = {}): Uint8Array {
    return orderBytes({
      ...this.#common,
      kind: 'personalize',
      cardKey: cardKeyOf(memory),
      unit: 'unit-1',
      station: 'north',
      stationKey: toBase64url(sha256(Uint8Array.of(1))),
      stationNextKey: toBase64url(sha256(Uint8Array.of(2))),
      profile: 'module-operation-1',
      certificateNotBefore: NOW,
      certificateNotAfter: NOW + 3600 * DAY,
      serials: [this.module.serial],
      ...changes,
    });
  }

  /** Puts the set that follows this one into force. */
  adoptOrder(changes: Partial<AdoptApproverSetOrder> & { readonly set: string }): Uint8Array {
    const adopting = { kind: 'adopt-approver-set', version: 8, previous: this.setHash } as const;
    return orderBytes({ ...this.#common, ...adopting, ...changes });
  }

  resetOrder(memory: CardMemory, changes: Partial<ResetOrder> = {}): Uint8Array {
    const { serial } = this.module;
    const erasing = { cardKey: cardKeyOf(memory), unit: 'unit-1', serial, epoch: 1 } as const;
    return orderBytes({ ...this.#common, kind: 'reset', ...erasing, ...changes });
  }

  transferOrder(memory: CardMemory, newGenesis: string): Uint8Array {
    const { serial } = this.module;
    const erasing = { cardKey: cardKeyOf(memory), unit: 'unit-1', serial, epoch: 1 } as const;
    return orderBytes({ ...this.#common, kind: 'transfer', ...erasing, newGenesis });
  }

  /** The approvals that an honest order gets. */
  readonly approvals = (bytes: Uint8Array): readonly Proof[] => [
    signs(officers.ada, bytes),
    signs(officers.ben, bytes),
  ];

  /** ACTIVATE with an order of this kind; null when the card is active. */
  async activate(
    bench: CardBench,
    bytes = this.issueOrder(bench.image.read()),
    approvals = this.approvals,
  ): Promise<Refusal | null> {
    const client = await bench.withCustodians();
    return (await client.presentOrder(bytes)) ?? (await presentAll(client, approvals(bytes))) ?? client.activate();
  }
}

export async function presentAll(client: ChipCardClient, proofs: readonly Proof[]): Promise<Refusal | null> {
  for (const proof of proofs) {
    const refusal = await client.presentApproval(proof);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Thumbprint of the signing key in a card. */
export function cardKeyOf(memory: CardMemory): string {
  return thumbprint(publicJwk(keyFromSpki(publicSpki(memory.signingKey))));
}
