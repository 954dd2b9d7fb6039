/** Reactions run once, whatever dies between an event and its consequence; what stays away becomes overdue. */
import { describe, expect, test } from '@jest/globals';
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { personalizationDecider, personalizationStream } from '#libs/domain/personalization/personalization.ts';
import { type HandlePort, handle } from '#libs/event-store/handle.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { recordedTimes } from '#libs/event-store/recorded-times.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Place } from '#libs/reactions/follower.ts';
import { overdueOf } from '#libs/reactions/overdue.ts';
import type { Surroundings } from '#libs/reactions/reaction.ts';
import { REACTIONS } from '#libs/reactions/reactions.ts';
import { approve, finding, request, take } from '#test/kit/order-examples.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { carryOut, react } from './reactor.ts';

const clock: Clock = { seconds: () => 1500, rfc3339: () => '2026-01-01T00:00:00.000Z' };
const around: Surroundings = {
  stationsTrusting: () => [],
  stationsOrdered: () => [],
  nextList: () => null,
  stationOf: () => 'north',
  operatedWith: () => null,
  headOf: () => madeUpId('head'),
  divergencesOf: () => ({ found: [], healed: [] }),
  epochOf: () => 1,
};
const ID = madeUpId('order');
const RUN = personalizationStream(ID, 'ATM-1');

async function newPort(): Promise<HandlePort> {
  const store = new MemoryEventStore();
  return { store, times: await recordedTimes(store, clock) };
}

async function eventsOf({ store }: HandlePort): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const event of store.readAll()) all.push(event);
  return all;
}

async function says(port: HandlePort, it: object): Promise<void> {
  const common = { commandId: uuidv7(), actor: 'test', operation: 'test' };
  const outcome = await handle(port, { ...common, ...it } as never);
  if (isRefusal(outcome)) throw new Error(outcome.code);
}

const order = (port: HandlePort, command: object) =>
  says(port, { decider: orderDecider, stream: orderStream(ID), command });
const report = (port: HandlePort, type: string, data: object, contest: Refusal | null = null) =>
  says(port, {
    decider: personalizationDecider,
    stream: RUN,
    command: { do: 'Report', fact: { type, data }, contest },
  });

/** An order approved and taken, and a run up to the module's key. */
async function underWay(): Promise<HandlePort> {
  const port = await newPort();
  for (const command of [request(), approve(finding('ana')), approve(finding('bo')), take('ATM-1')])
    await order(port, command);
  await report(port, 'PersonalizationStarted', { order: ID, serial: 'ATM-1', unit: 'unit-1', technician: 'tom' });
  await report(port, 'ModuleIdentified', { identity: 'i', exporter: 'e', unitTime: 1 });
  const key = { spki: 's', salt: 's', epoch: 1, birth: 'personalization', attestation: 'a', attestationSignature: 's' };
  await report(port, 'ModuleKeyReceived', key);
  return port;
}

const issued = { card: 'card-1', cardKey: madeUpId('card'), number: 1, entry: 'e', fingerprint: madeUpId('print') };

/** A place that dies the first times it is to be saved: the consequence is in the log, the place is not. */
function dyingPlace(deaths: number): Place {
  let [left, kept] = [deaths, null as Position | null];
  return {
    load: () => Promise.resolve(kept),
    save: async (_log, position) => {
      left -= 1;
      if (left >= 0) throw new Error('killed');
      kept = position;
    },
  };
}

/** Runs the reactor again after every death, until it has followed all there is. */
async function reactUntilDone(port: HandlePort, deaths: number): Promise<void> {
  const place = dyingPlace(deaths);
  for (let tries = 0; tries <= deaths; tries += 1) {
    const stop = new AbortController();
    const quiet = setTimeout(() => stop.abort(), 100);
    const caughtUp = () => Promise.resolve();
    await react({ port, reactions: REACTIONS, around, place, caughtUp, signal: stop.signal }).catch(() => undefined);
    clearTimeout(quiet);
  }
}

const typesIn = (events: readonly StoredEvent[]) => events.map(({ type }) => type);

describe('the reactor', () => {
  test.each([0, 1, 7, 25])('spends the order and records the certificate once, after %i deaths', async (deaths) => {
    const port = await underWay();
    await report(port, 'CertificateIssued', issued);
    await reactUntilDone(port, deaths);
    const types = typesIn(await eventsOf(port));
    expect(types.filter((type) => type === 'OrderSpent')).toHaveLength(1);
    expect(types.filter((type) => type === 'CertificateRecorded')).toHaveLength(1);
  });

  test('a contested issue spends the order, and is recorded nowhere else', async () => {
    const port = await underWay();
    await report(port, 'CertificateIssued', issued, refuse('AFTER_WITHDRAWAL', 'It was withdrawn.'));
    await reactUntilDone(port, 0);
    const types = typesIn(await eventsOf(port));
    expect(types).toContain('OrderSpent');
    expect(types).not.toContain('CertificateRecorded');
    expect(types).not.toContain('CardUsed');
  });
});

describe('what stays away', () => {
  const owed = [{ order: ID, serial: 'ATM-1', reportBy: 3000 }];

  test('is overdue in order and run, once, and only after its time', async () => {
    const port = await underWay();
    expect(overdueOf(owed, 3000)).toEqual([]);
    for (let times = 0; times < 3; times += 1) for (const one of overdueOf(owed, 3001)) await carryOut(port, one);
    const types = typesIn(await eventsOf(port));
    expect(types.filter((type) => type === 'OrderOverdue')).toHaveLength(1);
    expect(types.filter((type) => type === 'PersonalizationOverdue')).toHaveLength(1);
  });
});
