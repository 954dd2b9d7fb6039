/** Trust lists as the owner of a server can make them: each entry with order, approvals, birth and a sealed event, true or not. */
import type { KeyObject } from 'node:crypto';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { signTrustList } from '#libs/certificates/trust-list-jws.ts';
import { encodeDevice } from '#libs/chip-card-protocol/birth.ts';
import { type Birth, decodeBirth, encodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type TrustSigningKeyOrder, orderId } from '#libs/kernel/order.ts';
import { TRUST_LIST_DOMAIN, type TrustList, type TrustListEntry, trustListHash } from '#libs/kernel/trust-list.ts';
import { type Bank, NOW, STATION, cardKeyOf, openKey } from './bank.ts';
import { type SealedEvent, trustedEvent } from './bank-log.ts';
import type { IssuedCard } from './held-card.ts';
import { orThrow, spkiOfPrivate } from './people.ts';

export interface EntryChange {
  readonly order?: Partial<TrustSigningKeyOrder>;
  /** The order's own bytes, where they were made elsewhere. */
  readonly bytes?: Uint8Array;
  readonly approvals?: (bytes: Uint8Array) => readonly Proof[];
  readonly birth?: Partial<Birth>;
  /** What the maker vouched for, where it is another than the genuine device. */
  readonly madeAs?: 'host';
  /** Who signs the birth statement instead of the card's device key. */
  readonly birthSigner?: KeyObject;
  /** The device key that is shown instead of the card's. */
  readonly deviceKey?: KeyObject;
  /** SPKI of the key that is listed, DER. */
  readonly spki?: Uint8Array;
  readonly event?: Partial<SealedEvent>;
  /** False leaves the event out of the log. */
  readonly sealed?: boolean;
  readonly entry?: Partial<TrustListEntry>;
}

/** An entry without the proof of its leaf, which changes as the log grows. */
export type Unproved = Omit<TrustListEntry, 'inclusion'>;

/** Whoever owns the server writes what he likes; what he cannot make are approvals and births. */
export function listEntry(bank: Bank, issued: IssuedCard, change: EntryChange = {}): Unproved {
  const { card, memory, birth: genuine } = issued;
  const spki = change.spki ?? genuine.spki;
  const birth = encodeBirth({ ...orThrow(decodeBirth(genuine.birth)), ...change.birth });
  const birthSignature = signRaw(birth, change.birthSigner ?? change.deviceKey ?? openKey(memory.deviceKey));
  const deviceSpki = change.deviceKey === undefined ? genuine.deviceSpki : spkiOfPrivate(change.deviceKey);
  const asAgent = () => bank.maker.works.signDevice(encodeDevice(card, deviceSpki, 'host'));
  const deviceSignature = change.madeAs === 'host' ? asAgent() : genuine.deviceSignature;
  const cardKey = change.entry?.cardKey ?? cardKeyOf(spki);
  const named = { card, cardKey: cardKeyOf(spki), birth: hashId(birth) };
  const bytes = change.bytes ?? bank.trustKey(named, change.order);
  const event = { ...trustedEvent({ station: STATION, cardKey, order: orderId(bytes) }, NOW), ...change.event };
  return {
    cardKey,
    state: 'active',
    card,
    cardKeySpki: toBase64url(spki),
    customerCa: toBase64url(bank.maker.works.customerCa),
    cardCa: toBase64url(issued.cardCa),
    birth: {
      birth: toBase64url(birth),
      birthSignature: toBase64url(birthSignature),
      deviceSpki: toBase64url(deviceSpki),
      deviceSignature: toBase64url(deviceSignature),
    },
    order: Buffer.from(bytes).toString('latin1'),
    approvals: (change.approvals ?? bank.approvals)(bytes),
    event,
    index: change.sealed === false ? 0 : bank.log.append(event),
    ...change.entry,
  };
}

/** The list of a station over these entries, each proved in the log as it is now. */
export function listOf(bank: Bank, entries: readonly Unproved[], change: Partial<TrustList> = {}): TrustList {
  const proved = entries.map((one) => ({ ...one, inclusion: bank.log.inclusion(one.index) }));
  const { version = 1, station = STATION } = change;
  return {
    domain: TRUST_LIST_DOMAIN,
    genesis: bank.genesisId,
    station,
    version,
    hash: trustListHash(station, version, proved),
    notAfter: NOW + 300,
    checkpoint: bank.log.checkpoint(),
    approverSets: [],
    entries: proved,
    epochs: [],
    ...change,
  };
}

/**
 * The list of a server that shows this one station a log of its own, in which the entry's event stands and nothing else
 * does: the log key signs it, no witness does.
 */
export function forkedList(bank: Bank, entry: Unproved, change: Partial<TrustList> = {}): TrustList {
  const fork = bank.log.fork();
  const index = fork.append(entry.event);
  const entries = [{ ...entry, index, inclusion: fork.inclusion(index) }];
  return listOf(bank, [], {
    ...change,
    hash: trustListHash(STATION, change.version ?? 1, entries),
    entries,
    checkpoint: fork.checkpoint(),
  });
}

/** As it goes to the station: compact JWS by the server's list key, or by another. */
export function signedList(list: TrustList, key: KeyObject): Promise<string> {
  return signTrustList(canonicalJson(list), key);
}
