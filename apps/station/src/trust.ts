/** What the station trusts: entries that it verified itself, and states that it was told. Kept over a restart. */
import { type ApprovalLaws, type Pins, checkApprovedOrder, fourEyes } from '#libs/approval/approval.ts';
import { type SetCase, setLaw } from '#libs/approval/set-chain.ts';
import { unverifiedTrustList, verifyTrustList } from '#libs/certificates/trust-list-jws.ts';
import { keyIdOf } from '#libs/certificates/x509.ts';
import { type BirthEvidence, birthLaw, checkBirth } from '#libs/chip-card-protocol/birth.ts';
import { decodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii, equal, fromBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { hashId, keyFromJwk } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type TrustList, type TrustListEntry, parseTrustList, trustListHash } from '#libs/kernel/trust-list.ts';
import {
  type HelloCase,
  type MessageCase,
  type WithdrawalCase,
  helloLaw,
  stationMessageLaw,
  withdrawalLaw,
} from '#libs/operation-protocol/laws.ts';
import { type Checkpoint, openCheckpoint } from '#libs/seal/checkpoint.ts';
import { parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { type NoteKey, parseNoteKey } from '#libs/seal/note-key.ts';
import type { StationPins } from './config.ts';
import { type AcceptedKey, type CertificateCase, type EntryCase, certificateLaw, entryLaw } from './law.ts';
import { type ListCase, listLaw } from './list-law.ts';
import { followLogKeys, isWitnessed } from './log-keys.ts';
import type { StationMemory } from './memory.ts';
import { type MomentCase, type SurvivorCase, momentLaw, survivorLaw } from './moment-law.ts';
import { isIncluded, momentIn, survivalOf } from './survivors.ts';
import { type WitnessCase, witnessLaw } from './witness-law.ts';
import { type HeldPolicy, followBoth } from './witnesses.ts';

export interface StationLaws {
  readonly list: Law<ListCase>;
  readonly fourEyes: ApprovalLaws;
  readonly sets: Law<SetCase>;
  readonly witnesses: Law<WitnessCase>;
  readonly birth: typeof birthLaw;
  readonly entry: Law<EntryCase>;
  readonly moment: Law<MomentCase>;
  readonly survivor: Law<SurvivorCase>;
  readonly certificate: Law<CertificateCase>;
  readonly hello: Law<HelloCase>;
  readonly message: Law<MessageCase>;
  readonly withdrawal: Law<WithdrawalCase>;
}

export const stationLaws: StationLaws = {
  list: listLaw,
  fourEyes,
  sets: setLaw,
  witnesses: witnessLaw,
  birth: birthLaw,
  entry: entryLaw,
  moment: momentLaw,
  survivor: survivorLaw,
  certificate: certificateLaw,
  hello: helloLaw,
  message: stationMessageLaw,
  withdrawal: withdrawalLaw,
};

export interface TrustParts {
  readonly station: string;
  readonly pins: StationPins;
  readonly memory: StationMemory;
  readonly laws?: StationLaws;
}

/** A list in force; what of it this station does not accept: entries, the next approver set, another witness. */
export interface Enforced {
  readonly version: number;
  readonly hash: string;
  readonly refused: readonly { readonly cardKey: string; readonly refusal: Refusal }[];
  readonly setRefused: Refusal | null;
  readonly witnessRefused: Refusal | null;
}

/** The checkpoint of a list, and whether enough witnesses saw it. */
interface SealedBy {
  readonly checkpoint: Checkpoint | null;
  readonly witnessed: boolean;
}

function octets(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

export class Trust {
  readonly #parts: TrustParts;
  readonly laws: StationLaws;

  constructor(parts: TrustParts) {
    this.#parts = parts;
    this.laws = parts.laws ?? stationLaws;
  }

  /** A list as it came, compact JWS: its signature is one check of the law like every other. */
  async takeUp(jws: string, now: Seconds): Promise<Enforced | Refusal> {
    const signed = await verifyTrustList(jws, keyFromJwk(this.#parts.pins.trustListKey));
    return isRefusal(signed) ? this.enforce(unverifiedTrustList(jws), false, now) : this.enforce(signed, true, now);
  }

  /** Judges the list, then each entry that adds trust. Being told alone only ever makes a state worse. */
  enforce(text: string, signatureHolds: boolean, now: Seconds): Enforced | Refusal {
    const list = parseTrustList(text);
    if (isRefusal(list)) return list;
    const { station, pins, memory } = this.#parts;
    const logKeys = followLogKeys(this.logKeys, list.logKeys ?? [], this.#policy.stated);
    const opened = openCheckpoint(list.checkpoint, logKeys);
    const checkpoint = isRefusal(opened) ? null : opened;
    const refusal = judge(this.laws.list, {
      list,
      signatureHolds,
      checkpointHolds: checkpoint !== null,
      genesis: pins.genesis,
      station,
      now,
      versionHeld: memory.version,
      sealed: checkpoint?.size ?? 0,
      sealedHeld: memory.sealed,
    });
    if (refusal !== null) return refusal;
    memory.holdLogKeys(logKeys.map(({ line }) => line));
    const notFollowed = this.#follow(list, checkpoint);
    const sealed = { checkpoint, witnessed: isWitnessed(list.checkpoint, this.#policy.stated) };
    const refused = list.entries.flatMap((entry) =>
      this.#take(entry, sealed).map((no) => ({ cardKey: entry.cardKey, refusal: no })),
    );
    memory.enforce(list, sealed.witnessed ? (checkpoint?.size ?? 0) : 0);
    const listed = list.entries.map((one) => ({ cardKey: one.cardKey, state: one.state, from: momentIn(one) }));
    return { version: list.version, hash: trustListHash(station, list.version, listed), refused, ...notFollowed };
  }

  /** The newest set and witness policy that this station can follow to; an entry is accepted under no others. */
  #follow(list: TrustList, checkpoint: Checkpoint | null): Pick<Enforced, 'setRefused' | 'witnessRefused'> {
    const { pins, memory } = this.#parts;
    const { setBytes, refusal, policy, policyRefusal } = followBoth(
      { setBytes: this.#setBytes(), policy: this.#policy },
      { genesis: pins.genesis, sets: list.approverSets, witnesses: list.witnesses ?? [], checkpoint },
      this.laws,
    );
    memory.holdSet(Buffer.from(setBytes).toString('latin1'));
    memory.holdPolicy(policy);
    return { setRefused: refusal, witnessRefused: policyRefusal };
  }

  get #policy(): HeldPolicy {
    const pinned = this.#parts.pins.witnessPolicy ?? { quorum: 0, witnesses: [] };
    return this.#parts.memory.witnessPolicy ?? { stated: pinned, orders: [] };
  }

  #setBytes(): Uint8Array {
    return ascii(this.#parts.memory.approverSet ?? this.#parts.pins.approverSet);
  }

  #held(): { readonly pins: Pins; readonly setBytes: Uint8Array } {
    const setBytes = this.#setBytes();
    return { pins: { genesis: this.#parts.pins.genesis, approverSet: approverSetHash(setBytes) }, setBytes };
  }

  #take(entry: TrustListEntry, sealed: SealedBy): readonly Refusal[] {
    const { memory } = this.#parts;
    const held = memory.acceptedKey(entry.cardKey);
    if (held === null || (held.state === 'suspended' && entry.state === 'active')) {
      const refusal = this.#judgeEntry(entry, sealed);
      if (refusal !== null) return [refusal];
      const spki = octets(entry.cardKeySpki);
      memory.accept(entry.cardKey, { spki, enforcement: enforcementOf(entry) }, hashId(ascii(entry.order)));
    }
    if (entry.state === 'deactivated') return this.#disable(entry, memory.acceptedKey(entry.cardKey));
    memory.setState(entry.cardKey, entry.state);
    return [];
  }

  /** What outlived the key when it was disabled stays as it was judged then, until nothing of it shall. */
  #disable(entry: TrustListEntry, held: AcceptedKey | null): readonly Refusal[] {
    const isGone = held?.state === 'deactivated' || held?.state === 'compromised';
    if (isGone && held.survivors !== null && entry.disabling !== undefined) return [];
    const by = { ...this.#held(), logKeys: this.logKeys, policy: parseWitnessPolicy(this.#policy.stated), isGone };
    const { fingerprints, refused } = survivalOf(entry, by, this.laws);
    this.#parts.memory.disable(entry.cardKey, fingerprints);
    return refused;
  }

  #judgeEntry(entry: TrustListEntry, { checkpoint, witnessed }: SealedBy): Refusal | null {
    const { station, pins } = this.#parts;
    const shown = { bytes: ascii(entry.order), approvals: entry.approvals };
    const approved = checkApprovedOrder(shown, this.#held(), this.laws.fourEyes);
    if (isRefusal(approved)) return approved;
    const spki = octets(entry.cardKeySpki);
    const expected = {
      card: entry.card,
      cardKeySpki: spki,
      genesis: pins.genesis,
      cardMakerSpki: octets(pins.cardMakerRoot),
    };
    const birth = checkBirth(evidenceOf(entry), expected, this.laws.birth);
    if (isRefusal(birth)) return birth;
    const included = checkpoint !== null && isIncluded(entry, checkpoint);
    const birthHash = hashId(octets(entry.birth.birth));
    const ordersUsed = this.#parts.memory.acceptedKey(entry.cardKey)?.orders ?? [];
    return judge(this.laws.entry, {
      entry,
      approved,
      birth,
      station,
      included,
      witnessed,
      spki,
      birthHash,
      ordersUsed,
    });
  }

  /** Keys that sign the log's checkpoints: the pinned one, and those that it was followed to. */
  get logKeys(): readonly NoteKey[] {
    const lines = [this.#parts.pins.logKey, ...this.#parts.memory.logKeys];
    return [...new Set(lines)].map(parseNoteKey).flatMap((key) => (isRefusal(key) ? [] : [key]));
  }

  /** The accepted key that a certificate names by its authority key id. */
  keyFor(issuerKeyId: Uint8Array): AcceptedKey | null {
    return this.#parts.memory.keys.find((one) => equal(keyIdOf(one.spki), issuerKeyId)) ?? null;
  }
}

/** Of an entry whose birth statement was checked. */
function enforcementOf({ birth }: TrustListEntry): AcceptedKey['enforcement'] {
  const stated = decodeBirth(octets(birth.birth));
  return isRefusal(stated) ? 'host' : stated.enforcement;
}

function evidenceOf({ birth }: TrustListEntry): BirthEvidence {
  return {
    birth: octets(birth.birth),
    birthSignature: octets(birth.birthSignature),
    deviceSpki: octets(birth.deviceSpki),
    deviceSignature: octets(birth.deviceSignature),
  };
}
