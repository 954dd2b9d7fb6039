/** Where the named attackers meet what they attack: real cards, modules and stations of one bank, everything whole. */
import type { KeyObject } from 'node:crypto';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { V24Line } from '../line/v24-line.ts';
import type { ModuleMemory } from '../security-module/module-memory.ts';
import type { AttackedStation, StationMaker } from './attacked-station.ts';
import { Bank, NOW, openKey } from './bank.ts';
import { HeldCard, type IssuedCard, activeCard } from './held-card.ts';
import { HeldModule, deliveredModule } from './held-module.ts';
import { type Gain, gain } from './outcome.ts';
import { orThrow } from './people.ts';
import { type Caller, type Calling, call, refusalIn } from './rogue-module.ts';
import { type Unproved, listEntry, listOf, signedList } from './trust-lists.ts';
import { type Signed, type Visit, installation, visit } from './visit.ts';

export const SERIAL = 'SM-000013';

/** A station in force, and its clock. */
export interface StationInForce {
  readonly station: AttackedStation;
  readonly clock: { now: number };
}

interface Banks {
  readonly bank: Bank;
  /** A test deployment of the same bank, the same people and server. */
  readonly test: Bank;
  /** Another customer of the same manufacturer. */
  readonly rival: Bank;
}

export interface Operating {
  readonly module: HeldModule;
  /** What the card gave it. */
  readonly signed: Signed;
  readonly caller: Caller;
}

interface Cards {
  readonly card: IssuedCard;
  readonly second: IssuedCard;
  readonly testCard: IssuedCard;
  readonly rivalCard: IssuedCard;
}

export class Arena {
  readonly bank: Bank;
  readonly test: Bank;
  readonly rival: Bank;
  readonly cards: Cards;
  /** As delivered: SM-000013 and SM-000014. */
  readonly thirteen: ModuleMemory;
  readonly fourteen: ModuleMemory;
  readonly entry: Unproved;
  readonly #makeStation: StationMaker;
  #operating: Promise<Operating> | null = null;
  #honestList: Promise<string> | null = null;

  private constructor(banks: Banks, cards: Cards, makeStation: StationMaker) {
    this.bank = banks.bank;
    this.test = banks.test;
    this.rival = banks.rival;
    this.cards = cards;
    this.thirteen = deliveredModule(banks.bank.maker, SERIAL);
    this.fourteen = deliveredModule(banks.bank.maker, 'SM-000014');
    this.entry = listEntry(banks.bank, cards.card);
    this.#makeStation = makeStation;
  }

  static async opened(makeStation: StationMaker): Promise<Arena> {
    const bank = new Bank();
    const test = bank.testDeployment();
    const rival = new Bank({ maker: bank.maker, organization: 'Other Bank' });
    const cards = {
      card: await activeCard(bank, 'CC-01'),
      second: await activeCard(bank, 'CC-02'),
      testCard: await activeCard(test, 'CC-T1'),
      rivalCard: await activeCard(rival, 'CC-R1'),
    };
    return new Arena({ bank, test, rival }, cards, makeStation);
  }

  /** An honest visit to a fresh copy of the bank's card with a fresh copy of module 13, but for what is changed. */
  visit(change: Partial<Visit> = {}): Promise<Signed | Refusal> {
    return visit(this.visitOf(change));
  }

  visitOf(change: Partial<Visit> = {}): Visit {
    const issued = change.issued ?? this.cards.card;
    const { bank } = this;
    return { bank, issued, card: new HeldCard(issued.memory), module: new HeldModule(this.thirteen), ...change };
  }

  /** He wants a certificate: refused, or signed. */
  async certificate(change: Partial<Visit>): Promise<Gain | Refusal> {
    const signed = await this.visit(change);
    return isRefusal(signed) ? signed : gain('certificate');
  }

  /** Module 13, personalized in order; where nothing is changed it is a fresh copy of one that was. */
  async operating(change?: Partial<Visit>): Promise<Operating> {
    if (change !== undefined) return personalized(this.visitOf(change));
    const { module, signed, caller } = await (this.#operating ??= personalized(this.visitOf()));
    return { module: new HeldModule(module.image.read()), signed, caller };
  }

  /** A station with the bank's honest list in force, version 2. */
  async station(): Promise<StationInForce> {
    const clock = { now: NOW };
    const station = this.#makeStation(this.bank, () => clock.now);
    await station.takeList(await (this.#honestList ??= this.list([this.entry], { version: 2 })));
    return { station, clock };
  }

  /** A station that another bank founded, nothing in force yet. */
  stationOf(bank: Bank): AttackedStation {
    return this.#makeStation(bank, () => NOW);
  }

  /** A list by the bank's server, or by another key. */
  list(entries: readonly Unproved[], change: Parameters<typeof listOf>[2] = {}, key?: KeyObject): Promise<string> {
    return signedList(listOf(this.bank, entries, change), key ?? this.bank.server.list);
  }

  /** He wants a false entry accepted by a station that does not know the key yet. */
  async enters(entry: Unproved): Promise<Gain | Refusal> {
    return this.trusts(await this.list([entry]), entry.cardKey);
  }

  /** Likewise, by a list that he made himself. */
  async trusts(jws: string, cardKey: string): Promise<Gain | Refusal> {
    const station = this.#makeStation(this.bank, () => NOW);
    const [code] = await station.takeList(jws);
    return code === undefined && station.accepts(cardKey) ? gain('trust') : refusedWith(code);
  }

  /** He wants the station to take up a list that is not for it. */
  async lists(jws: string): Promise<Gain | Refusal> {
    const { station } = await this.station();
    const [code] = await station.takeList(jws);
    return code === undefined ? gain('list in force') : refusedWith(code);
  }
}

async function personalized(it: Visit): Promise<Operating> {
  const signed = orThrow(await visit(it));
  orThrow(it.module.execute(installation(it, signed)));
  return { module: it.module, signed, caller: callerOf(it.bank, it.module, signed) };
}

function callerOf(bank: Bank, module: HeldModule, signed: Signed): Caller {
  const { operation, serial, epoch } = module.image.read();
  return { bank, certificate: signed.certificate, key: openKey(operation?.privateKey ?? null), serial, epoch };
}

function refusedWith(code = 'NOT_ACCEPTED'): Refusal {
  return { is: 'refusal', code, message: 'The station refused.' };
}

/** He wants money: refused, or paid. */
export async function paid(station: AttackedStation, caller: Caller, calling: Calling = {}): Promise<Gain | Refusal> {
  const answer = await call(station, caller, calling);
  return answer === 'paid' ? gain('payment') : answer;
}

/** A module calls whoever is at the other end of the network. */
export async function withdraws(
  module: HeldModule,
  station: Pick<AttackedStation, 'serve' | 'facts'>,
  amount = 5000,
): Promise<Gain | Refusal> {
  const line = new V24Line({ baud: 0 });
  const ends = line.attach();
  const served = station.serve(ends.unit);
  const asked = { account: 'DE02120300000000202051', amount, currency: 'EUR' };
  const result = await module.module.withdraw(ends.module, asked);
  line.detach();
  await served;
  if (isRefusal(result)) return result;
  return result.pay === 'yes' ? gain('payment') : (refusalIn(station.facts) ?? refusedWith('PAY_NO'));
}
