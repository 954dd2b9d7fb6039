/** Two processes on one PostgreSQL log: who holds a lease, whose appends are fenced off, and times that never go back. */
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { postgresMissing } from '#test/kit/postgres.ts';
import { collect, failure, newEvent } from '../contract/harness.ts';
import { type EventStore, isEventStoreError } from '../event-store.ts';
import { whileHolding } from '../holding.ts';
import type { Leases } from '../leases.ts';
import { MemoryEventStore } from '../memory/memory-store.ts';
import { positionOf } from '../position.ts';
import { foundPostgresLog } from './found.ts';
import { postgresLeases } from './leases.ts';
import { type PostgresOptions, openPostgresStore } from './postgresql-store.ts';
import { WRITER, addressFor, asRole, foundedLog, postgresHarness } from './postgresql.harness.ts';

jest.setTimeout(60_000);

const missing = postgresMissing();
const onServer = missing === null ? describe : describe.skip;

let owner: string;
const opened: { close(): Promise<void> }[] = [];

async function open(options: PostgresOptions = {}): Promise<EventStore> {
  const store = await openPostgresStore(addressFor(owner), { callMs: 5000, ...options });
  opened.push(store);
  return store;
}

function leasesOf(holder: string): Leases {
  const leases = postgresLeases({ address: addressFor(owner) }, holder);
  opened.push(leases);
  return leases;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

onServer('leases of a PostgreSQL log', () => {
  beforeEach(async () => {
    owner = await foundedLog();
  }, 180_000);
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  });
  afterAll(async () => {
    await postgresHarness.end?.();
  }, 180_000);

  test('one of two holds it, the other takes it over when it is late or given back, each time in a later epoch', async () => {
    const [a, b] = [leasesOf('a'), leasesOf('b')];
    const first = await a.take('reactions', 60_000);
    expect(first).toEqual({ fence: { lease: 'reactions', epoch: 1 }, position: null });
    expect([await b.take('reactions', 60_000), await a.take('reactions', 60_000)]).toEqual([null, null]);
    if (first === null) throw new Error('not taken');
    expect(await a.save(first.fence, positionOf(7))).toBe(true);
    expect(await a.keep(first.fence, 30)).toBe(true);
    await pause(60);
    const second = await b.take('reactions', 60_000);
    expect(second).toEqual({ fence: { lease: 'reactions', epoch: 2 }, position: positionOf(7) });
    expect([await a.keep(first.fence, 1000), await a.save(first.fence, positionOf(8))]).toEqual([false, false]);
    await b.release(second!.fence);
    expect((await a.take('reactions', 1000))?.fence.epoch).toBe(3);
    expect(await a.saved('reactions')).toBe(positionOf(7));
  });

  test('what a former holder appends is refused alone, on the short way and on the long one', async () => {
    const [a, b] = [leasesOf('a'), leasesOf('b')];
    const [mine, other] = [await open(), await open()];
    const held = (await a.take('reactions', 1))!;
    const append = (store: EventStore, stream: string, fence = held.fence) =>
      store.append({ stream, expected: 'no_stream', events: [newEvent()] }, { fence });
    await append(mine, 'a-1'); // the long way: nothing is known of the tip
    await append(mine, 'a-2'); // the short way
    await pause(5);
    const taken = (await b.take('reactions', 60_000))!;
    const beside = mine.append({ stream: 'n-1', expected: 'no_stream', events: [newEvent()] });
    expect((await failure(append(mine, 'a-3'), 'Fenced')).message).toMatch(/^Another process holds the lease/);
    expect((await beside).position).toBe(positionOf(2));
    await append(other, 'b-1', taken.fence);
    await failure(append(mine, 'a-4'), 'Fenced');
    const streams = (await collect(mine.readAll())).map(({ stream }) => stream);
    expect(streams).toEqual(['a-1', 'a-2', 'n-1', 'b-1']);
  });

  test('a lease is taken from under an append only before or after it, never within', async () => {
    const store = await open();
    const holders = [leasesOf('a'), leasesOf('b'), leasesOf('c')];
    const told: number[] = [];
    const run = async (leases: Leases): Promise<void> => {
      for (let turn = 0; turn < 12; turn += 1) {
        const held = await leases.take('reactions', 1);
        if (held === null) continue;
        const events = [newEvent({ data: { epoch: held.fence.epoch } })];
        const request = { stream: `t-${held.fence.epoch}`, expected: 'no_stream' as const, events };
        await store.append(request, { fence: held.fence }).then(
          () => told.push(held.fence.epoch),
          (error: unknown) => {
            if (!isEventStoreError(error, 'Fenced')) throw error;
          },
        );
      }
    };
    await Promise.all(holders.map(run));
    const epochs = (await collect(store.readAll())).map(({ data }) => (data as { epoch: number }).epoch);
    expect(epochs).toEqual([...told].sort((a, b) => a - b));
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  });

  test('whoever looks sees the end of the log, and puts out a holder that is late', async () => {
    const [a, b] = [leasesOf('a'), leasesOf('b')];
    const store = await open();
    expect(await a.look('people')).toEqual({ head: null, free: 0 });
    await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
    const held = (await a.take('people', 40))!;
    expect(await b.look('people')).toEqual({ head: positionOf(0), free: null });
    await pause(60);
    expect(await b.look('people')).toEqual({ head: positionOf(0), free: held.fence.epoch + 1 });
    await failure(store.append({ stream: 'a-2', expected: 'no_stream', events: [newEvent()] }, held), 'Fenced');
  });

  test('two do the same work in turn: one at a time, and the next soon after the first falls silent', async () => {
    const stop = new AbortController();
    const at: string[] = [];
    const work = (name: string, signal: AbortSignal) =>
      whileHolding({
        leases: leasesOf(name),
        lease: 'work',
        signal,
        forMs: 400,
        run: async (_held, until) => {
          at.push(`${name} begins`);
          await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve()));
          at.push(`${name} ends`);
        },
      });
    const first = new AbortController();
    const running = work('a', first.signal);
    while (at.length === 0) await pause(5);
    const next = work('b', stop.signal);
    await pause(900);
    expect(at).toEqual(['a begins']);
    first.abort();
    await running;
    while (at.length < 3) await pause(5);
    stop.abort();
    await next;
    expect(at).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('times of recording never go back, though one clock is behind the other', async () => {
    const [ahead, behind] = [await open({ isRising: true }), await open({ isRising: true })];
    const times = ['2026-01-01T00:00:10.000Z', '2026-01-01T00:00:03.000Z', '2026-01-01T00:00:12.000Z'];
    let turn = 0;
    for (const [store, time] of [
      [ahead, times[0]],
      [behind, times[1]],
      [behind, times[1]],
      [ahead, times[2]],
      [behind, times[0]],
    ] as const)
      await store.append({
        stream: `s-${(turn += 1)}`,
        expected: 'no_stream',
        events: [newEvent({ recordedAt: time! })],
      });
    const stored = (await collect(ahead.readAll())).map(({ recordedAt }) => recordedAt);
    expect(stored).toEqual([times[0], times[0], times[0], times[2], times[2]]);
  });

  test('a lease never goes back, and nobody takes one away', async () => {
    const a = leasesOf('a');
    const held = (await a.take('reactions', 60_000))!;
    await a.save(held.fence, positionOf(9));
    for (const [statement, code] of [
      ['UPDATE keyledger.leases SET epoch = 0', 'P0001'],
      [`UPDATE keyledger.leases SET position = '${positionOf(8)}'`, 'P0001'],
      ['UPDATE keyledger.leases SET position = NULL', 'P0001'],
      ["UPDATE keyledger.leases SET name = 'another'", '42501'],
      ['DELETE FROM keyledger.leases', '42501'],
      ['TRUNCATE keyledger.leases', '42501'],
    ])
      await expect(asRole(addressFor(owner), [statement!])).rejects.toMatchObject({ code });
  });

  test('a log that was founded before there were leases is raised by its owner, and not before', async () => {
    const store = await open();
    await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
    await asRole(owner, [
      'DROP TABLE keyledger.leases',
      'DROP FUNCTION keyledger.refuse_old_lease',
      'ALTER TABLE keyledger.log DISABLE TRIGGER ALL',
      "UPDATE keyledger.log SET value = '1' WHERE name = 'version'",
      'ALTER TABLE keyledger.log ENABLE ALWAYS TRIGGER log_no_change',
    ]);
    expect((await failure(open(), 'Unsupported')).message).toMatch(/format 1; its owner raises it to format 2/);
    await foundPostgresLog(owner, WRITER);
    expect(await collect((await open()).readAll())).toHaveLength(1);
    expect(await leasesOf('a').take('reactions', 1000)).not.toBeNull();
    await failure(foundPostgresLog(owner, WRITER), 'Unsupported');
  });

  test('an engine of one process keeps no leases', async () => {
    const request = { stream: 'a-1', expected: 'no_stream' as const, events: [newEvent()] };
    const fence = { lease: 'reactions', epoch: 1 };
    await failure(new MemoryEventStore().append(request, { fence }), 'Unsupported');
  });
});
