/** Contract points 17 to 27: reading, and the one order of the log. */
import { expect } from '@jest/globals';
import type { NewEvent } from '#libs/kernel/event.ts';
import type { EventStore, Filter } from '../event-store.ts';
import { matches } from '../filter.ts';
import { type Point, collect, eventsOf, failure, fill, followUntil, newEvent, newEvents, turn } from './harness.ts';

const MIXED = Array.from(
  { length: 60 },
  (_, index) => `${['order', 'chip-card', 'orde'][index % 3] ?? ''}-${index % 7}`,
);

const FILTERS: readonly Filter[] = [
  {},
  { streamPrefixes: ['order-'] },
  { streamPrefixes: ['chip-card-1', 'orde-'] },
  { streamPrefixes: [] },
  { typePrefixes: ['Thing'] },
  { typePrefixes: ['thing', '%', '_'] },
  { streamPrefixes: ['order-'], typePrefixes: ['Other', 'Thing'] },
  { streamPrefixes: [''] },
  { streamPrefixes: ['card-', 'rder-'] },
  { typePrefixes: ['Happened'] },
];

/** What must come back as it went in. */
const CONTENTS: readonly Partial<NewEvent>[] = [
  { data: { text: 'Zwölf Boxkämpfer 漢字 🙂 \u0000 \u2028 "\\/' }, metadata: {} },
  { data: { payload: 'x'.repeat(1_000_000) } },
  { data: { nested: [{ deep: [[], {}, null, true, false, -1, 0, 9007199254740991] }] } },
  { data: null },
  { data: { __proto__x: 1, constructor: 'text' } },
  { occurredAt: '2026-02-28T23:59:59.999999Z', recordedAt: '2026-03-01T00:00:00Z' },
];

export const readPoints: readonly Point[] = [
  {
    no: 17,
    title: 'an absent stream is empty and has no head',
    holds: async ({ store }) => {
      expect(await collect(store.readStream('a-1'))).toEqual([]);
      expect(await store.streamHead('a-1')).toBeNull();
      expect(await store.head()).toBeNull();
      expect(await collect(store.readAll())).toEqual([]);
      expect(await collect(store.readAll({ backwards: true }))).toEqual([]);
    },
  },
  {
    no: 18,
    title: 'a stream is read from a revision inclusive, backwards, with a limit',
    holds: async ({ store }) => {
      await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(700) });
      const revisions = async (options: Parameters<typeof store.readStream>[1]) =>
        (await collect(store.readStream('a-1', options))).map(({ revision }) => Number(revision));
      expect(await revisions({ from: 697n })).toEqual([697, 698, 699]);
      expect(await revisions({ from: 5n, limit: 2 })).toEqual([5, 6]);
      expect(await revisions({ backwards: true, limit: 2 })).toEqual([699, 698]);
      expect(await revisions({ from: 1n, backwards: true })).toEqual([1, 0]);
      expect(await revisions({ from: 9000n, backwards: true, limit: 1 })).toEqual([699]);
      expect(await revisions({ from: 700n })).toEqual([]);
      expect(await revisions({ limit: 0 })).toEqual([]);
      expect(await revisions({})).toEqual(Array.from({ length: 700 }, (_, index) => index));
    },
  },
  {
    no: 19,
    title: 'an early break frees what was held, 10,000 times',
    holds: async ({ store, breaks = 10_000 }) => {
      await fill(store, ['a-1', 'a-1', 'a-1']);
      for (let times = 0; times < breaks / 2; times += 1) {
        await collect(store.readStream('a-1'), 1);
        await collect(store.readAll(), 1);
      }
      expect((await store.append({ stream: 'a-1', expected: 2n, events: [newEvent()] })).revision).toBe(3n);
    },
    timeoutMs: 300_000,
  },
  {
    no: 20,
    title: 'the log is read after a position exclusive, until another inclusive, both ways',
    holds: async ({ store }) => {
      const all = (await fill(store, MIXED)).map(({ position }) => position);
      const positions = async (options: Parameters<typeof store.readAll>[0]) =>
        (await collect(store.readAll(options))).map(({ position }) => position);
      const [after, until] = [all[9], all[19]];
      if (after === undefined || until === undefined) throw new Error('too few events');
      expect(await positions({ after, until })).toEqual(all.slice(10, 20));
      expect(await positions({ after, until, backwards: true, limit: 3 })).toEqual(all.slice(17, 20).reverse());
      expect(await positions({ after, limit: 4 })).toEqual(all.slice(10, 14));
      for (const backwards of [false, true])
        for (const nothing of [
          { after, until: after },
          { after: until, until: after },
        ])
          expect(await positions({ ...nothing, backwards })).toEqual([]);
      expect(await positions({ backwards: true, limit: 1 })).toEqual(all.slice(-1));
    },
  },
  {
    no: 21,
    title: 'filters equal filtering in memory',
    holds: async ({ store }) => {
      const all = await fill(store, MIXED);
      for (const filter of FILTERS) {
        const wanted = all.filter((event) => matches(filter, event));
        expect(await collect(store.readAll({ filter }))).toEqual(wanted);
        expect(await collect(store.readAll({ filter, backwards: true }))).toEqual(wanted.toReversed());
      }
    },
  },
  {
    no: 22,
    title: 'UTF-8, empty metadata, 1 MB, nested JSON and UTC times come back as they went in',
    holds: async ({ store }) => {
      const events = CONTENTS.map((content) => newEvent(content));
      await store.append({ stream: 'straße-漢字 1', expected: 'no_stream', events });
      const stored = await collect(store.readStream('straße-漢字 1'));
      for (const [index, event] of events.entries()) expect(stored[index]).toMatchObject(event);
      expect(stored.map(({ data, metadata }) => [data, metadata])).toEqual(
        events.map(({ data, metadata }) => [data, metadata]),
      );
      expect(new Set(stored.map(({ stream }) => stream))).toEqual(new Set(['straße-漢字 1']));
    },
  },
  {
    no: 23,
    title: 'numbers beyond 2^53-1 and what JSON cannot carry are refused; digits in a text are kept',
    holds: async ({ store }) => {
      for (const data of [
        2 ** 53,
        -(2 ** 53),
        0.1,
        NaN,
        Infinity,
        1n,
        undefined,
        '\ud800',
        { a: [1.5] },
        [undefined],
        new Date(0),
        new Uint8Array(1),
      ])
        await failure(store.append({ stream: 'a-1', expected: 'any', events: [newEvent({ data })] }), 'BadEvent');
      await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent({ data: '9007199254740993' })] });
      expect((await collect(store.readAll()))[0]?.data).toBe('9007199254740993');
    },
  },
  {
    no: 24,
    title: 'the string order of positions is the order of delivery',
    holds: async ({ store }) => {
      const positions = (await fill(store, [...MIXED, ...MIXED])).map(({ position }) => position);
      expect(positions.toSorted()).toEqual(positions);
      expect(new Set(positions).size).toBe(120);
      expect(new Set(positions.map((position) => position.length)).size).toBe(1);
    },
  },
  {
    no: 25,
    title: 'two readers see one order',
    holds: async ({ store }) => {
      const writing = fill(store, [...MIXED, ...MIXED, ...MIXED]);
      const read = () =>
        followUntil(
          (signal) => store.subscribe({ after: null, signal }),
          (all) => eventsOf(all).length === 180,
        );
      const [one, two] = await Promise.all([read(), read(), writing]);
      expect(eventsOf(one)).toEqual(eventsOf(two));
      expect(eventsOf(one)).toEqual(await writing);
    },
  },
  {
    no: 26,
    title: '16 writers, one of them stalled, and a live follower: nothing lost, doubled or swapped',
    holds: async ({ store, another, stall }) => {
      const stores = [store, (await another?.()) ?? store];
      const following = followUntil(
        (signal) => store.subscribe({ after: null, signal }),
        (all) => eventsOf(all).length === 16 * 40,
      );
      const writer = async (stream: string, by: EventStore) => {
        for (let index = 0; index < 40; index += 1)
          await by.append({ stream, expected: index === 0 ? 'no_stream' : BigInt(index - 1), events: [newEvent()] });
      };
      const writing = Promise.all(
        Array.from({ length: 16 }, (_, index) => writer(`w-${index}`, stores[index % 2] ?? store)),
      );
      await turn();
      const release = await stall?.();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await release?.();
      await writing;
      expect(eventsOf(await following)).toEqual(await collect(store.readAll()));
    },
    timeoutMs: 60_000,
  },
  {
    no: 27,
    title: 'within all the order of each stream is kept',
    holds: async ({ store }) => {
      const all = await fill(store, [...MIXED, ...MIXED]);
      for (const stream of new Set(MIXED))
        expect(all.filter((event) => event.stream === stream)).toEqual(await collect(store.readStream(stream)));
      await failure(collect(store.readAll({ after: 'nonsense' as never })), 'InvalidPosition');
    },
  },
];
