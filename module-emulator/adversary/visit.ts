/** A visit in the field: technician, card and module, from PRESENT ORDER to SIGN CERTIFICATE, with what an attacker changes of it. */
import type { KeyObject } from 'node:crypto';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { ChipCardClient, SignRequest } from '#libs/chip-card-protocol/client.ts';
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { type Lease, encodeLease } from '#libs/chip-card-protocol/statements.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { RequestOf } from '#libs/personalization-protocol/messages.ts';
import { type Bank, NOW } from './bank.ts';
import { type HeldCard, type IssuedCard, presentAll } from './held-card.ts';
import type { HeldModule } from './held-module.ts';
import { octetsOf, orThrow } from './people.ts';

export interface Visit {
  readonly bank: Bank;
  readonly issued: IssuedCard;
  readonly card: HeldCard;
  readonly module: HeldModule;
  /** Default: an honest order for this card and module. */
  readonly bytes?: Uint8Array;
  readonly approvals?: (bytes: Uint8Array) => readonly Proof[];
  readonly lease?: Partial<Lease>;
  readonly leaseKey?: KeyObject;
  /** What is put instead: statement and signature. Null puts none. */
  readonly putLease?: ((genuine: SignedLease) => SignedLease) | null;
  readonly asked?: Partial<RequestOf<'MakeKey'>>;
  /** Last touches to what SIGN CERTIFICATE is given. */
  readonly request?: (genuine: SignRequest) => SignRequest;
}

export interface SignedLease {
  readonly lease: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Signed {
  readonly certificate: Uint8Array;
  readonly entry: Uint8Array;
  /** The order, and what the card was given. */
  readonly bytes: Uint8Array;
  readonly request: SignRequest;
  readonly lease: SignedLease;
}

/** Order and approvals presented under the technician's PIN; the card's challenge. */
export async function present(
  it: Visit,
  bytes: Uint8Array,
): Promise<{ client: ChipCardClient; challenge: Uint8Array } | Refusal> {
  const client = await it.card.withTechnician();
  const approvals = it.approvals ?? it.bank.approvals;
  const refusal = (await client.presentOrder(bytes)) ?? (await presentAll(client, approvals(bytes)));
  if (refusal !== null) return refusal;
  const challenge = await client.challenge();
  return isRefusal(challenge) ? challenge : { client, challenge };
}

/** What headquarters answers to the challenge of a card. */
export function leaseFor(it: Visit, challenge: Uint8Array): SignedLease {
  const approverSet = octetsOf(it.bank.setHash);
  const honest: Lease = { card: it.issued.card, challenge, time: NOW, approverSet, entries: 1, withdrawn: [] };
  const lease = encodeLease({ ...honest, ...it.lease });
  return { lease, signature: signRaw(lease, it.leaseKey ?? it.bank.leaseKey) };
}

/** The visit up to the first refusal of card or module; the card is powered on afresh. */
export async function visit(it: Visit): Promise<Signed | Refusal> {
  const bytes = it.bytes ?? it.bank.personalize(it.issued.cardKey, { serials: [it.module.serial] });
  const presented = await present(it, bytes);
  if (isRefusal(presented)) return presented;
  const { client, challenge } = presented;
  const genuine = leaseFor(it, challenge);
  const lease = it.putLease === undefined || it.putLease === null ? genuine : it.putLease(genuine);
  const leased = it.putLease === null ? null : await client.putLease(lease.lease, lease.signature);
  if (leased !== null) return leased;
  const made = it.module.attest({ ...askedBy(it, bytes, challenge), ...it.asked });
  if (isRefusal(made)) return made;
  const request = (it.request ?? ((one) => one))(made);
  const signed = await client.signCertificate(request);
  return isRefusal(signed) ? signed : { ...signed, bytes, request, lease };
}

function askedBy({ bank, issued }: Visit, bytes: Uint8Array, challenge: Uint8Array): RequestOf<'MakeKey'> {
  return {
    type: 'MakeKey',
    genesis: bank.genesis,
    orderHash: sha256(bytes),
    cardKey: octetsOf(issued.cardKey),
    challenge,
    unitRandom: randomOctets(32),
    unitTime: NOW,
    keyBirth: 'personalization-with-salt',
  };
}

/** Everything INSTALL takes, from what the card signed. */
export function installation(
  { bank, issued: { cardCa } }: Pick<Visit, 'bank' | 'issued'>,
  signed: Signed,
): RequestOf<'Install'> {
  const entry = orThrow(decodeLogEntry(signed.entry));
  return {
    type: 'Install',
    customerCa: bank.maker.works.customerCa,
    cardCa,
    certificate: signed.certificate,
    crl: bank.maker.works.issueList(),
    stationStatement: {
      stationKey: entry.stationKeyHash,
      stationNextKey: bank.stationNextKeyHash,
      signature: entry.stationSignature,
    },
  };
}
