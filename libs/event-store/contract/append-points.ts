/** Contract points 1 to 16: appending and repeating an append. */
import { expect } from '@jest/globals';
import { type Point, collect, failure, fill, newEvent, newEvents } from './harness.ts';

export const appendPoints: readonly Point[] = [
  {
    no: 1,
    title: 'no_stream begins a new stream at revision 0',
    holds: async ({ store }) => {
      const appended = await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
      expect(appended).toMatchObject({ stream: 'a-1', revision: 0n, replayed: false });
      expect(await store.streamHead('a-1')).toBe(0n);
      expect(await store.head()).toBe(appended.position);
    },
  },
  {
    no: 2,
    title: 'no_stream on an existing stream fails with the actual revision',
    holds: async ({ store }) => {
      await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(3) });
      const error = await failure(
        store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] }),
        'WrongExpectedRevision',
      );
      expect(error.actual).toBe(2n);
    },
  },
  {
    no: 3,
    title: 'an exact revision appends behind it',
    holds: async ({ store }) => {
      await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(2) });
      expect((await store.append({ stream: 'a-1', expected: 1n, events: [newEvent()] })).revision).toBe(2n);
    },
  },
  {
    no: 4,
    title: 'an exact revision too low or too high fails',
    holds: async ({ store }) => {
      await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(2) });
      for (const expected of [0n, 2n, 7n]) {
        const error = await failure(
          store.append({ stream: 'a-1', expected, events: [newEvent()] }),
          'WrongExpectedRevision',
        );
        expect(error.actual).toBe(1n);
      }
      const absent = await failure(
        store.append({ stream: 'a-2', expected: 0n, events: [newEvent()] }),
        'WrongExpectedRevision',
      );
      expect(absent.actual).toBeNull();
    },
  },
  {
    no: 5,
    title: 'stream_exists appends to an existing stream and fails on an absent one',
    holds: async ({ store }) => {
      await failure(
        store.append({ stream: 'a-1', expected: 'stream_exists', events: [newEvent()] }),
        'WrongExpectedRevision',
      );
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
      expect((await store.append({ stream: 'a-1', expected: 'stream_exists', events: [newEvent()] })).revision).toBe(
        1n,
      );
    },
  },
  {
    no: 6,
    title: 'any appends in every case',
    holds: async ({ store }) => {
      expect((await store.append({ stream: 'a-1', expected: 'any', events: [newEvent()] })).revision).toBe(0n);
      expect((await store.append({ stream: 'a-1', expected: 'any', events: [newEvent()] })).revision).toBe(1n);
    },
  },
  {
    no: 7,
    title: 'many events are one atomic unit with dense revisions',
    holds: async ({ store }) => {
      const events = newEvents(20);
      await store.append({ stream: 'a-1', expected: 'no_stream', events });
      const stored = await collect(store.readStream('a-1'));
      expect(stored.map((event) => event.revision)).toEqual(events.map((_, index) => BigInt(index)));
      expect(stored.map((event) => event.id)).toEqual(events.map((event) => event.id));
      const withBad = [newEvent(), newEvent({ data: { fraction: 0.5 } })];
      await failure(store.append({ stream: 'a-1', expected: 19n, events: withBad }), 'BadEvent');
      expect(await store.streamHead('a-1')).toBe(19n);
    },
  },
  {
    no: 8,
    title: 'an empty append is refused',
    holds: async ({ store }) => {
      await failure(store.append({ stream: 'a-1', expected: 'any', events: [] }), 'BadEvent');
      expect(await store.streamHead('a-1')).toBeNull();
    },
  },
  {
    no: 9,
    title: 'a failed append leaves all heads unchanged, also beside one that succeeds',
    holds: async ({ store }) => {
      await fill(store, ['a-1', 'a-2']);
      const [lost, won] = await Promise.allSettled([
        store.append({ stream: 'a-1', expected: 5n, events: newEvents(3) }),
        store.append({ stream: 'a-2', expected: 0n, events: newEvents(2) }),
      ]);
      expect([lost.status, won.status]).toEqual(['rejected', 'fulfilled']);
      expect(await store.streamHead('a-1')).toBe(0n);
      expect(await store.streamHead('a-2')).toBe(2n);
      expect(await collect(store.readAll())).toHaveLength(4);
    },
  },
  {
    no: 10,
    title: 'of 50 writers that race for one revision exactly one wins',
    holds: async ({ store, another }) => {
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
      const stores = [store, (await another?.()) ?? store];
      const race = Array.from({ length: 50 }, (_, index) =>
        (stores[index % 2] ?? store).append({ stream: 'a-1', expected: 0n, events: [newEvent()] }),
      );
      const settled = await Promise.allSettled(race);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await store.streamHead('a-1')).toBe(1n);
    },
  },
  {
    no: 11,
    title: 'the same request again answers the same revision and stores one event',
    holds: async ({ store }) => {
      const request = { stream: 'a-1', expected: 'no_stream', events: newEvents(2) } as const;
      const first = await store.append(request);
      expect(await store.append(request)).toEqual({ ...first, replayed: true });
      const together = { stream: 'a-2', expected: 'no_stream', events: [newEvent()] } as const;
      const both = await Promise.all([store.append(together), store.append(together)]);
      expect(both.map(({ replayed }) => replayed)).toEqual([false, true]);
      expect(await collect(store.readAll())).toHaveLength(3);
    },
  },
  {
    no: 12,
    title: 'so it does after 1,000 others and a restart',
    holds: async ({ store, reopen }) => {
      const request = { stream: 'a-1', expected: 'no_stream', events: [newEvent()] } as const;
      const first = await store.append(request);
      for (let hundred = 0; hundred < 10; hundred += 1)
        await fill(
          store,
          Array.from({ length: 100 }, (_, index) => `b-${hundred}-${index}`),
        );
      await store.append({ stream: 'a-1', expected: 0n, events: [newEvent()] });
      await store.close();
      const again = await reopen();
      expect(await again.append(request)).toEqual({ ...first, replayed: true });
      expect(await again.streamHead('a-1')).toBe(1n);
    },
    timeoutMs: 60_000,
  },
  {
    no: 13,
    title: 'partly overlapping ids are refused',
    holds: async ({ store }) => {
      const [one, two, three] = [newEvent(), newEvent(), newEvent()];
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [one, two] });
      for (const [expected, events] of [
        [0n, [two, three]],
        ['no_stream', [one, three]],
        [1n, [three, two]],
        [1n, [three, three]],
      ] as const)
        await failure(store.append({ stream: 'a-1', expected, events }), 'DuplicateEventId');
      expect(await store.streamHead('a-1')).toBe(1n);
    },
  },
  {
    no: 14,
    title: 'an id that stands in the stream is refused with the correct newer revision',
    holds: async ({ store }) => {
      const event = newEvent();
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [event] });
      await failure(store.append({ stream: 'a-1', expected: 0n, events: [event] }), 'DuplicateEventId');
      expect(await store.streamHead('a-1')).toBe(0n);
    },
  },
  {
    no: 15,
    title: 'an answer lost after the commit is OutcomeUnknown, and the retry gives one event',
    needs: 'a wire',
    holds: async ({ store, wire }) => {
      const request = { stream: 'a-1', expected: 0n, events: newEvents(2) } as const;
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
      wire?.loseAnswers();
      await failure(store.append(request), 'OutcomeUnknown');
      wire?.heal();
      expect(await store.append(request)).toMatchObject({ revision: 2n, replayed: true });
      expect(await collect(store.readAll())).toHaveLength(3);
    },
  },
  {
    no: 16,
    title: 'the same id in two streams is allowed',
    holds: async ({ store }) => {
      const event = newEvent();
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [event] });
      expect(await store.append({ stream: 'a-2', expected: 'no_stream', events: [event] })).toMatchObject({
        replayed: false,
      });
    },
  },
];
