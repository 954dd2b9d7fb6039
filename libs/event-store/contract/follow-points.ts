/** Contract points 28 to 35: subscriptions. */
import { expect } from '@jest/globals';
import type { Position } from '#libs/kernel/event.ts';
import { type Point, collect, eventsOf, failure, fill, followUntil, newEvent, newEvents, settled } from './harness.ts';

const BEYOND = '9'.repeat(20) as Position;

export const followPoints: readonly Point[] = [
  {
    no: 28,
    title: 'from null: catches up, says live once, then delivers live',
    holds: async ({ store }) => {
      await fill(store, ['a-1', 'a-2', 'a-1']);
      const deliveries = await followUntil(
        (signal) => store.subscribe({ after: null, signal }),
        (all) => {
          if (all.length === 4 || all.length === 6)
            void store.append({ stream: 'a-3', expected: 'any', events: newEvents(2) });
          return eventsOf(all).length === 7;
        },
      );
      const three = ['event', 'event', 'event'];
      expect(deliveries.map(({ kind }) => kind)).toEqual([...three, 'live', ...three, 'event']);
      expect(eventsOf(deliveries)).toEqual(await collect(store.readAll()));
    },
  },
  {
    no: 29,
    title: 'resumes exclusively',
    holds: async ({ store }) => {
      const all = await fill(store, ['a-1', 'a-2', 'a-1', 'a-3']);
      const after = all[1]?.position ?? null;
      const deliveries = await followUntil(
        (signal) => store.subscribe({ after, signal }),
        (some) => some.at(-1)?.kind === 'live',
      );
      expect(eventsOf(deliveries)).toEqual(all.slice(2));
      expect(deliveries.at(-1)).toEqual({ kind: 'live', position: all[3]?.position });
    },
  },
  {
    no: 30,
    title: 'checkpoints advance while nothing matches',
    holds: async ({ store }) => {
      const all = await fill(store, ['a-1', 'a-2', 'a-1']);
      const filter = { streamPrefixes: ['b-'] };
      const deliveries = await followUntil(
        (signal) => store.subscribe({ after: null, filter, signal }),
        (some) => {
          if (some.length === 2) void store.append({ stream: 'a-9', expected: 'any', events: [newEvent()] });
          return some.length === 3;
        },
      );
      const last = all[2]?.position;
      expect(deliveries.slice(0, 2)).toEqual([
        { kind: 'checkpoint', position: last },
        { kind: 'live', position: last },
      ]);
      expect(deliveries[2]).toEqual({ kind: 'checkpoint', position: await store.head() });
    },
  },
  {
    no: 31,
    title: 'a slow consumer holds a page and not the log',
    needs: 'a log on a disk',
    holds: async ({ store }) => {
      for (let batch = 0; batch < 16; batch += 1)
        await Promise.all(
          Array.from({ length: 16 }, (_, index) =>
            store.append({ stream: `a-${index}`, expected: 'any', events: [newEvent({ data: 'x'.repeat(131_072) })] }),
          ),
        );
      const ending = new AbortController();
      const before = await settled();
      let [given, most] = [0, 0];
      for await (const delivery of store.subscribe({ after: null, signal: ending.signal })) {
        if (delivery.kind !== 'event') continue;
        given += 1;
        if (given % 120 === 5) {
          most = Math.max(most, (await settled()) - before);
        }
        if (given === 256) ending.abort();
      }
      expect(most).toBeLessThan(16 * 1024 * 1024); // of 32 MiB that lie ahead
    },
    timeoutMs: 120_000,
  },
  {
    no: 32,
    title: 'an abort ends a subscription promptly and without an error',
    holds: async ({ store }) => {
      const ending = new AbortController();
      const following = followUntil(
        () => store.subscribe({ after: null, signal: ending.signal }),
        () => {
          setTimeout(() => ending.abort(), 20);
          return false;
        },
      );
      expect(await following).toEqual([{ kind: 'live', position: null }]);
      expect(await collect(store.subscribe({ after: null, signal: AbortSignal.abort() }))).toEqual([]);
    },
  },
  {
    no: 33,
    title: 'when the store restarts midway a subscription fails, and resumes exactly once',
    holds: async ({ store, reopen }) => {
      await fill(store, ['a-1', 'a-2', 'a-3']);
      const seen: string[] = [];
      let after: Position | null = null;
      const broken = async () => {
        for await (const delivery of store.subscribe({ after: null, signal: new AbortController().signal })) {
          if (delivery.kind === 'event') {
            seen.push(delivery.event.id);
            after = delivery.event.position;
          }
          if (delivery.kind === 'live') await store.close();
        }
      };
      await failure(broken(), 'Unavailable');
      const again = await reopen();
      const all = await fill(again, ['a-4', 'a-1']);
      const rest = await followUntil(
        (signal) => again.subscribe({ after, signal }),
        (some) => some.at(-1)?.kind === 'live',
      );
      expect([...seen, ...eventsOf(rest).map(({ id }) => id)]).toEqual(all.map(({ id }) => id));
    },
  },
  {
    no: 34,
    title: 'an error of the consumer surfaces and frees the subscription',
    holds: async ({ store }) => {
      await fill(store, ['a-1', 'a-2']);
      const consume = async () => {
        for await (const delivery of store.subscribe({ after: null, signal: new AbortController().signal }))
          throw new Error(`cannot take ${delivery.kind}`);
      };
      await expect(consume()).rejects.toThrow('cannot take event');
      await store.append({ stream: 'a-1', expected: 0n, events: [newEvent()] });
    },
  },
  {
    no: 35,
    title: 'a position beyond the head or of another form is refused, and a log is known by its id',
    holds: async ({ store, reopen }) => {
      await fill(store, ['a-1']);
      const { signal } = new AbortController();
      for (const after of [BEYOND, 'C:12/P:12' as Position, '-1' as Position, '' as Position]) {
        await failure(collect(store.subscribe({ after, signal }), 1), 'InvalidPosition');
        await failure(collect(store.readAll({ after })), 'InvalidPosition');
        await failure(collect(store.readAll({ until: after })), 'InvalidPosition');
      }
      const identity = await store.identity();
      await store.close();
      expect(await (await reopen()).identity()).toBe(identity);
      expect(identity).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
];
