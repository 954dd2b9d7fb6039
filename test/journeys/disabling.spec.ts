/**
 * Trust in a signing key taken away in good order: by one officer up to the ceiling and with the number that he saw, by two
 * above it, strictly or from a checkpoint on; and what nobody reviewed in time is an alarm in the record.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, FLEET_CARD, STATION } from '#apps/keyledger/src/demo/names.ts';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { Teller } from '#apps/keyledger/src/story/teller.ts';
import { World } from '#apps/keyledger/src/story/world.ts';
import { SERIAL, orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import type { Moment } from '#libs/kernel/disabling-orders.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { askWithdrawal } from '#module-emulator/security-module/control.ts';
import { type Data, type Log, altered, dataOf, inserted, nth, numbered, without } from './forgery.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf } from './people-bench.ts';
import { until } from './until.ts';

interface Radius {
  readonly certificates: number;
  readonly modules: number;
  readonly serials: readonly string[];
  readonly stations: readonly string[];
  readonly persons: number;
  readonly checkpoint: (Moment & { readonly note: string }) | null;
}

/** A house with a module in operation under the first card, and what an officer does in it. */
class Disabled {
  readonly it: HouseInProcess;
  readonly bench: PeopleBench;
  readonly card: IssuedCard;
  /** A checkpoint from before the module was personalized. */
  before: Moment = { size: 0, root: '' };

  private constructor(it: HouseInProcess, card: IssuedCard) {
    this.it = it;
    this.card = card;
    this.bench = new PeopleBench(it);
  }

  static async raised(): Promise<Disabled> {
    const it = await houseInProcess();
    await founding(it.world);
    const card = await issueCard(it.world);
    await registerModule(it.world);
    const disabled = new Disabled(it, card);
    disabled.before = await disabled.sealed(1);
    await personalized(it.world, orderFor(it.world, card)('personalize'));
    return disabled;
  }

  /** Size and root of the newest checkpoint, once it covers so many events. */
  async sealed(least: number): Promise<Moment> {
    let found = null as Moment | null;
    await until(async () => {
      const { checkpoint } = await this.radius();
      if (checkpoint === null || checkpoint.size < least) return false;
      found = { size: checkpoint.size, root: checkpoint.root };
      return true;
    });
    if (found === null) throw new Error(`no checkpoint covers ${least} events`);
    return found;
  }

  async radius(cardKey = this.card.cardKey, size?: number): Promise<Radius> {
    const asked = `query ($key: String!, $size: Int) { blastRadius(signingKey: $key, size: $size) {
      certificates modules serials stations persons checkpoint { size root note } } }`;
    const values = { key: cardKey, size: size ?? null };
    return (await this.it.world.callers.ask<{ blastRadius: Radius }>('clara', asked, values)).blastRadius;
  }

  order(own: object, cardKey = this.card.cardKey): object {
    return { kind: 'disable-signing-key', cardKey, mode: 'strict', reason: 'suspected-misuse', ...own };
  }

  async does(operation: string, bytes: Uint8Array): Promise<string> {
    return codeOf(await this.bench.submit('clara', operation, { order: 'ID!' }, { order: orderId(bytes) }));
  }

  /** Written, approved and carried out. */
  async disables(own: object, by: readonly Who[], cardKey = this.card.cardKey): Promise<string> {
    return this.does('disableSigningKey', await this.bench.ordered(this.order(own, cardKey), by));
  }

  /** What the station says to the module, `paid` or the code of its last refusal. */
  async withdraws(): Promise<string> {
    const refusals = async () => (await this.it.events()).filter(({ type }) => type === 'SessionRefused');
    const before = (await refusals()).length;
    const paid = await askWithdrawal(this.it.house.devices.controls[SERIAL] ?? '', {
      station: this.it.house.stationAddress,
      account: 'PL61109010140000071219812874',
      amount: 100,
      currency: 'EUR',
    });
    if (!isRefusal(paid)) return paid.pay === 'yes' ? 'paid' : 'not paid';
    await until(async () => (await refusals()).length > before);
    return String(dataOf((await refusals()).at(-1)!).code);
  }

  /** Waits until the station has in force what came of the order. */
  async enforced(bytesOrEvent: string): Promise<void> {
    const disabled = await this.it.world.event('disabled', (event) => event.type === bytesOrEvent);
    await this.it.world.event('enforced', ({ type }) => type === 'TrustListEnforced', disabled.position);
  }
}

const judged = async (log: Log): Promise<string> => {
  const result = await replay(numbered(log));
  return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
};

describe('S29c strictly', () => {
  let it: Disabled;
  let second: IssuedCard;
  let other: World;

  beforeAll(async () => {
    it = await Disabled.raised();
    const { house, log, folder } = it.it;
    const tale = { name: 'second card', file: join(folder, 'second-card.json') };
    other = new World({ house, log, clock: systemClock, teller: new Teller(() => undefined), tale });
    second = await issueCard(other, FLEET_CARD);
  }, 180_000);

  afterAll(async () => {
    await other?.close();
    await it?.it.close();
  });

  test('the consequence is shown before it is signed, and a wrong number is refused', async () => {
    const seen = { certificates: 1, modules: 1, serials: [SERIAL], stations: [STATION], persons: 1 };
    expect(await it.radius()).toMatchObject(seen);
    expect(await it.radius(second.cardKey)).toMatchObject({ certificates: 0, modules: 0, serials: [], persons: 1 });
    expect(await it.withdraws()).toBe('paid');
    expect(await it.disables({ modules: 0 }, ['anna'])).toBe('BLAST_RADIUS_OTHER');
    expect(await it.disables({ modules: 2 }, ['anna', 'bo'])).toBe('BLAST_RADIUS_OTHER');
    expect(await it.disables({ modules: 17 }, ['anna'])).toBe('QUORUM_PERSONS');
    expect(await it.disables({ modules: 1 }, [])).toBe('QUORUM_PERSONS');
  });

  test('S31b one officer disables what the ceiling allows, once a day, and a second confirms what is above', async () => {
    expect(await it.disables({ modules: 1 }, ['anna'])).toBe('done');
    await it.enforced('SigningKeyDisabled');
    expect(await it.withdraws()).toBe('SIGNING_KEY_DISABLED');
    const bytes = await it.bench.ordered(it.order({ modules: 0 }, second.cardKey), ['bo']);
    expect(await it.does('disableSigningKey', bytes)).toBe('CEILING_REACHED');
    expect(codeOf(await it.bench.approves('anna', bytes))).toBe('done');
    expect(await it.does('disableSigningKey', bytes)).toBe('done');
  });

  test('it is deactivated, for good, and stands so wherever one looks', async () => {
    expect(await it.disables({ modules: 0 }, ['anna', 'bo'])).toBe('BLAST_RADIUS_OTHER');
    expect(await it.disables({ modules: 1 }, ['anna', 'bo'])).toBe('KEY_DISABLED');
    const suspension = { kind: 'suspend-signing-key', cardKey: it.card.cardKey, reason: 'lost' };
    expect(await it.does('suspendSigningKey', await it.bench.ordered(suspension, ['anna']))).toBe('KEY_DISABLED');
    const shown = `{ chipCard(card: "${CARD}") { keyState overdue suspension { order }
      disabling { reason modules size root } } trustListView(station: "${STATION}") { keys { cardKey state from } } }`;
    const modules = { reason: 'suspected-misuse', modules: 1, size: null, root: null };
    expect(await it.it.world.callers.ask('rita', shown, {})).toMatchObject({
      chipCard: { keyState: 'deactivated', overdue: false, suspension: null, disabling: modules },
      trustListView: { keys: expect.arrayContaining([{ cardKey: it.card.cardKey, state: 'deactivated', from: null }]) },
    });
    expect(await it.radius()).toMatchObject({ stations: [] });
  });

  test('an auditor counts again, persons, modules and cards', async () => {
    const log = await it.it.events();
    expect(await judged(log)).toBe('holds');
    const act = nth(log, 'SigningKeyDeactivated');
    const told = (own: Data) => judged(altered(log, act, (data) => ({ ...data, ...own })));
    expect(await told({ modules: 0 })).toBe('ACT_OTHER_THAN_ORDERED SigningKeyDeactivated');
    expect(await told({ reason: 'lost' })).toBe('ACT_OTHER_THAN_ORDERED SigningKeyDeactivated');
    expect(await told({ from: { size: 3, root: 'A'.repeat(43), note: 'x' } })).toBe(
      'ACT_OTHER_THAN_ORDERED SigningKeyDeactivated',
    );
    const confirmation = log.findLast(({ type, stream }) => type === 'OrderApproved' && stream === orderOf(log, 1));
    expect(await judged(without(log, confirmation!))).toBe('CEILING_REACHED SigningKeyDeactivated');
    const first = log.find(({ type, stream }) => type === 'OrderApproved' && stream === orderOf(log, 0));
    expect(await judged(without(log, first!))).toBe('QUORUM_PERSONS SigningKeyDeactivated');
    const understated = orderWith(log, '"modules":0');
    const data = { ...dataOf(act), modules: 0, order: understated };
    expect(await judged(inserted(log, act, { stream: act.stream, type: act.type, data }))).toBe(
      'BLAST_RADIUS_OTHER SigningKeyDeactivated',
    );
    const listed = nth(log, 'SigningKeyDisabled');
    const moved = altered(log, listed, (data) => ({ ...data, from: { size: 3, root: 'A'.repeat(43) } }));
    expect(await judged(moved)).toBe('ACT_OTHER_THAN_ORDERED SigningKeyDisabled');
  });
});

/** Stream of the order behind the nth deactivation. */
function orderOf(log: Log, n: number): string {
  return `order-${String(dataOf(nth(log, 'SigningKeyDeactivated', n)).order)}`;
}

/** Id of the first order whose bytes say this. */
function orderWith(log: Log, text: string): string {
  const found = log.find((event) => event.type === 'OrderRequested' && String(dataOf(event).bytes).includes(text));
  return found?.stream.slice('order-'.length) ?? '';
}

describe('S29c from a checkpoint on', () => {
  let it: Disabled;
  let early: Moment;

  beforeAll(async () => {
    it = await Disabled.raised();
    early = it.before;
  }, 180_000);

  afterAll(() => it?.it.close());

  test('the number is of those that are not sealed before, and the moment is one of the log', async () => {
    expect(await it.radius(it.card.cardKey, early.size)).toMatchObject({ modules: 1, persons: 2 });
    const moment = await it.sealed((await it.it.events()).length);
    expect(await it.radius(it.card.cardKey, moment.size)).toMatchObject({ modules: 0, persons: 2 });
    const from = (checkpoint: Moment, modules: number, by: readonly Who[] = ['anna', 'bo']) =>
      it.disables({ mode: 'from-checkpoint', checkpoint, modules }, by);
    expect(await from(moment, 0, ['anna'])).toBe('QUORUM_PERSONS');
    expect(await from(moment, 1)).toBe('BLAST_RADIUS_OTHER');
    expect(await from(early, 0)).toBe('BLAST_RADIUS_OTHER');
    expect(await from({ ...moment, root: early.root }, 0)).toBe('MOMENT_UNKNOWN');
    expect(await from({ ...moment, size: moment.size + 1_000_000 }, 0)).toBe('MOMENT_UNKNOWN');
    expect(await it.withdraws()).toBe('paid');
    expect(await from(moment, 0)).toBe('done');
  });

  test('what was sealed before opens sessions as before: the station proved it for itself', async () => {
    await it.enforced('SigningKeyDisabled');
    expect(await it.withdraws()).toBe('paid');
    expect(it.it.said.filter((line) => /does not (accept|take)/.test(line))).toEqual([]);
    const log = await it.it.events();
    expect(dataOf(nth(log, 'SigningKeyDeactivated'))).toMatchObject({
      from: dataOf(nth(log, 'SigningKeyDisabled')).from,
    });
  });

  test('an auditor holds the moment against the log key, the order and the tree', async () => {
    const log = await it.it.events();
    expect(await judged(log)).toBe('holds');
    const act = nth(log, 'SigningKeyDeactivated');
    const moved = (own: Data) =>
      judged(altered(log, act, ({ from, ...data }) => ({ ...data, from: { ...(from as Data), ...own } })));
    expect(await moved({ size: early.size, root: early.root })).toBe('ACT_OTHER_THAN_ORDERED SigningKeyDeactivated');
    const { note } = dataOf(act).from as { note: string };
    expect(await moved({ note: note.replace(/\n\d+\n/, '\n3\n') })).toBe('BAD_NOTE_SIGNATURE SigningKeyDeactivated');
    const older = (await it.radius(it.card.cardKey, early.size)).checkpoint?.note;
    expect(await moved({ note: older })).toBe('MOMENT_OTHER SigningKeyDeactivated');
  });

  test('compromised after all, nothing of it survives', async () => {
    const order = { kind: 'compromise-signing-key', cardKey: it.card.cardKey, reason: 'stolen' };
    expect(await it.does('compromiseSigningKey', await it.bench.ordered(order))).toBe('done');
    await it.enforced('SigningKeyCompromised');
    expect(await until(async () => (await it.withdraws()) === 'SIGNING_KEY_DISABLED')).toBe(true);
    expect(await judged(await it.it.events())).toBe('holds');
  });
});
