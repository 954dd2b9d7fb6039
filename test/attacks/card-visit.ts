/** A visit in the field: technician, card and module, from PRESENT ORDER to SIGN CERTIFICATE, with what an attacker changes of it. */
import type { KeyObject } from 'node:crypto';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { ChipCardClient, SignRequest } from '#libs/chip-card-protocol/client.ts';
import { type Lease, encodeLease } from '#libs/chip-card-protocol/statements.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type Attestation, encodeAttestation, saltOf } from '#libs/personalization-protocol/attestation.ts';
import type { CardBench } from './card-bench.ts';
import {
  type CardWorld,
  NOW,
  type WorldModule,
  cardKeyOf,
  newKey,
  octetsOf,
  presentAll,
  spkiOfPrivate,
} from './card-world.ts';

export interface Visit {
  /** A session that goes on; else the card is powered on afresh and the technician's PIN verified. */
  readonly client?: ChipCardClient;
  /** He does not know the technician's PIN. */
  readonly withoutPin?: true;
  readonly order?: Partial<PersonalizeOrder>;
  /** The order's own bytes, where they were made elsewhere. */
  readonly bytes?: Uint8Array;
  readonly approvals?: (bytes: Uint8Array) => readonly Proof[];
  readonly lease?: Partial<Lease>;
  readonly leaseKey?: KeyObject;
  /** What is put instead, statement and signature. */
  readonly putLease?: (client: ChipCardClient, lease: Uint8Array, signature: Uint8Array) => Promise<Refusal | null>;
  /** The module on the line. */
  readonly module?: WorldModule;
  readonly attestation?: Partial<Attestation>;
  /** Last touches to what SIGN CERTIFICATE is given. */
  readonly request?: (genuine: SignRequest) => SignRequest;
}

export interface Signed {
  readonly certificate: Uint8Array;
  readonly entry: Uint8Array;
  /** What the card was given, to repeat it. */
  readonly bytes: Uint8Array;
  readonly request: SignRequest;
  /** The module key, DER. */
  readonly spki: Uint8Array;
}

/** The visit up to the first refusal. */
export async function visit(world: CardWorld, bench: CardBench, change: Visit = {}): Promise<Signed | Refusal> {
  const memory = bench.image.read();
  const client = change.client ?? (await (change.withoutPin === true ? bench.selected() : bench.withTechnician()));
  const bytes = change.bytes ?? world.personalizeOrder(memory, change.order);
  const presented =
    (await client.presentOrder(bytes)) ?? (await presentAll(client, (change.approvals ?? world.approvals)(bytes)));
  if (presented !== null) return presented;
  const challenge = await client.challenge();
  if (isRefusal(challenge)) return challenge;
  const leased = await lease(world, client, { challenge, card: memory.card, change });
  if (leased !== null) return leased;
  const attestation = attestationOf(world, { bytes, challenge, cardKey: octetsOf(cardKeyOf(memory)), change });
  const request = (change.request ?? ((it) => it))(requestOf(change.module ?? world.module, attestation));
  const signed = await client.signCertificate(request);
  return isRefusal(signed) ? signed : { ...signed, bytes, request, spki: attestation.spki };
}

interface Leasing {
  readonly challenge: Uint8Array;
  readonly card: string;
  readonly change: Visit;
}

/** Headquarters answers the challenge, and the lease is put. */
export function lease(
  world: CardWorld,
  client: ChipCardClient,
  { challenge, card, change }: Leasing,
): Promise<Refusal | null> {
  const honest: Lease = { card, challenge, time: NOW, approverSet: octetsOf(world.setHash), entries: 1, withdrawn: [] };
  const statement = encodeLease({ ...honest, ...change.lease });
  const signature = signRaw(statement, change.leaseKey ?? world.leaseKey);
  return change.putLease?.(client, statement, signature) ?? client.putLease(statement, signature);
}

interface Attesting {
  readonly bytes: Uint8Array;
  readonly challenge: Uint8Array;
  readonly cardKey: Uint8Array;
  readonly change: Visit;
}

export function attestationOf(world: CardWorld, { bytes, challenge, cardKey, change }: Attesting): Attestation {
  const { serial, moduleClass } = change.module ?? world.module;
  return {
    genesis: world.genesis,
    orderHash: sha256(bytes),
    cardKey,
    serial,
    epoch: 1,
    moduleClass,
    spki: spkiOfPrivate(newKey()),
    keyBirth: 'personalization-with-salt',
    salt: saltOf(challenge, randomOctets(32)),
    challenge,
    unitTime: NOW,
    exporter: randomOctets(32),
    ...change.attestation,
  };
}

export function requestOf(module: WorldModule, attestation: Attestation): SignRequest {
  const statement = encodeAttestation(attestation);
  const signature = signRaw(statement, module.identityKey);
  return { attestation: statement, signature, identity: module.identity, identityCa: module.identityCa };
}
