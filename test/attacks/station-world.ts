/** One bank with a card, a test deployment beside it, and as many real stations as attacks need, each with the law it is given. */
import type { KeyObject } from 'node:crypto';
import { attackedStation } from '#apps/keyledger/src/verbs/attacked-station.ts';
import type { StationLaws } from '#apps/station/src/trust.ts';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type ModuleOperation, assemble, buildTbs } from '#libs/certificates/module-operation.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import type { TrustList } from '#libs/kernel/trust-list.ts';
import type { AttackedStation } from '#module-emulator/adversary/attacked-station.ts';
import { Bank, DAY, NOW, openKey } from '#module-emulator/adversary/bank.ts';
import { type IssuedCard, issuedCard } from '#module-emulator/adversary/held-card.ts';
import { newKey, orThrow, spkiOfPrivate } from '#module-emulator/adversary/people.ts';
import type { Caller } from '#module-emulator/adversary/rogue-module.ts';
import { type Unproved, listEntry, listOf, signedList } from '#module-emulator/adversary/trust-lists.ts';

export const SERIAL = 'SM-000013';

/** What a card signs without a law of its own: its key lies open here. */
export interface CertificateChange extends Partial<ModuleOperation> {
  readonly signer?: KeyObject;
  readonly resign?: (genuine: Uint8Array) => Uint8Array;
}

export class StationWorld {
  readonly bank: Bank;
  readonly test: Bank;
  readonly card: IssuedCard;
  /** Of the test deployment. */
  readonly testCard: IssuedCard;
  /** The honest entry, made once: its event is the first leaf. */
  readonly entry: Unproved;
  readonly moduleKey = newKey();

  private constructor(banks: { bank: Bank; test: Bank }, cards: { card: IssuedCard; testCard: IssuedCard }) {
    this.bank = banks.bank;
    this.test = banks.test;
    this.card = cards.card;
    this.testCard = cards.testCard;
    this.entry = listEntry(this.bank, this.card);
  }

  static async made(): Promise<StationWorld> {
    const bank = new Bank();
    const test = bank.testDeployment();
    const cards = { card: await issuedCard(bank, 'CC-01'), testCard: await issuedCard(test, 'CC-T1') };
    return new StationWorld({ bank, test }, cards);
  }

  /** A list of the bank's server. */
  list(
    entries: readonly Unproved[],
    change: Partial<TrustList> = {},
    key: KeyObject = this.bank.server.list,
  ): Promise<string> {
    return signedList(listOf(this.bank, entries, change), key);
  }

  /** A station that has the honest list in force, version 2. */
  async station(laws: StationLaws): Promise<StationAt> {
    const station = new StationAt(this.bank, laws);
    await station.takeList(await this.list([this.entry], { version: 2 }));
    return station;
  }

  /** The honest module at the station, or what the change makes of it. */
  caller(change: CertificateChange = {}): Caller {
    const { signer, resign, ...operation } = change;
    const issuer = orThrow(parseCardAuthority(this.card.cardCa));
    const honest: ModuleOperation = {
      orderHash: sha256(Uint8Array.of(1)),
      spki: spkiOfPrivate(this.moduleKey),
      logNumber: 1,
      previousLogHead: new Uint8Array(32),
      issuerName: issuer.name,
      issuerKeyId: issuer.keyId,
      notBefore: NOW - DAY,
      notAfter: NOW + 3600 * DAY,
      organization: issuer.organization,
      profile: 'module-operation-1',
      moduleSerial: SERIAL,
      enforcement: 'device',
      stationKeyHash: this.bank.stationKeyHash,
      approverSetVersion: 7,
      epoch: 1,
      assurance: 'manufacturer-anchored',
    };
    const certified = { ...honest, ...operation };
    const tbs = buildTbs(certified);
    const genuine = signRaw(tbs, signer ?? openKey(this.card.memory.signingKey));
    const certificate = assemble(tbs, resign?.(genuine) ?? genuine);
    const { moduleSerial: serial, epoch } = certified;
    return { bank: this.bank, certificate, key: this.moduleKey, serial, epoch };
  }
}

/** A real station whose clock the test sets. */
export class StationAt implements AttackedStation {
  now = NOW;
  readonly #station: AttackedStation;

  constructor(bank: Bank, laws: StationLaws) {
    this.#station = attackedStation(bank, () => this.now, laws);
  }

  get facts(): AttackedStation['facts'] {
    return this.#station.facts;
  }

  takeList(jws: string): Promise<readonly string[]> {
    return this.#station.takeList(jws);
  }

  accepts(cardKey: string): boolean {
    return this.#station.accepts(cardKey);
  }

  serve(duplex: Parameters<AttackedStation['serve']>[0]): Promise<void> {
    return this.#station.serve(duplex);
  }
}
