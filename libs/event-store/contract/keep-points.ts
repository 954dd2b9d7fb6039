/** Contract points 37 to 44: limits of a call, immutability, and appends to several streams. */
import { expect } from '@jest/globals';
import { entryOf } from '#libs/kernel/event.ts';
import { type Point, collect, failure, fill, newEvent, newEvents } from './harness.ts';

export const keepPoints: readonly Point[] = [
  {
    no: 37,
    title: 'an abort signal or a time limit ends every call, and what was cancelled is not stored',
    holds: async ({ store }) => {
      await fill(store, ['a-1', 'a-1']);
      const request = { stream: 'a-1', expected: 1n, events: [newEvent()] } as const;
      const aborted = { signal: AbortSignal.abort() };
      for (const call of [
        store.append(request, aborted),
        store.streamHead('a-1', aborted),
        store.head(aborted),
        store.identity(aborted),
        collect(store.readStream('a-1', aborted)),
        collect(store.readAll(aborted)),
      ])
        await failure(call, 'Cancelled');
      await failure(store.append(request, { timeoutMs: -1 }), 'Unavailable');
      const midway = new AbortController();
      const reading = (async () => {
        for await (const event of store.readAll({ signal: midway.signal })) if (event.revision === 0n) midway.abort();
      })();
      await failure(reading, 'Cancelled');
      expect(await store.streamHead('a-1')).toBe(1n);
    },
  },
  {
    no: 38,
    title: 'close answers what is in flight, and later calls fail',
    holds: async ({ store, reopen }) => {
      const writing = store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
      await store.close();
      await store.close();
      expect((await writing).revision).toBe(0n);
      await failure(store.append({ stream: 'a-1', expected: 0n, events: [newEvent()] }), 'Unavailable');
      await failure(store.head(), 'Unavailable');
      await failure(collect(store.readAll()), 'Unavailable');
      expect(await (await reopen()).streamHead('a-1')).toBe(0n);
    },
  },
  {
    no: 39,
    title: 'there is no way through the port to change what is stored',
    holds: async ({ store }) => {
      const data = { list: [1] };
      const metadata = { actor: 'a' };
      const event = newEvent({ data, metadata });
      const writing = store.append({ stream: 'a-1', expected: 'no_stream', events: [event] });
      Object.assign(event, { type: 'Changed', id: 'changed' });
      data.list.push(2);
      metadata.actor = 'b';
      await writing;
      const [read] = await collect(store.readAll());
      const before = structuredClone(read);
      Object.assign(read?.data as object, { list: 'changed' });
      Object.assign(read ?? {}, { metadata: { actor: 'c' }, type: 'Changed' });
      expect(before).toMatchObject({ type: 'ThingHappened', data: { list: [1] }, metadata: { actor: 'a' } });
      expect(await collect(store.readAll())).toEqual([before]);
    },
  },
  {
    no: 40,
    title: 'raw changes beneath the port are refused by the engine itself',
    holds: async ({ store, raw }) => {
      if (raw === undefined) throw new Error('the adapter gives no raw access and no reason to skip');
      const all = await fill(store, ['a-1', 'a-2', 'a-1']);
      expect(raw.refused.length).toBeGreaterThan(0);
      for (const statement of raw.refused)
        expect(() => {
          raw.run(statement);
        }).toThrow(/append-only/);
      expect(await collect(store.readAll())).toEqual(all);
    },
  },
  {
    no: 41,
    title: 'a flipped octet is found at its position: the stored entry is not that of the event',
    holds: async ({ store, raw }) => {
      if (raw === undefined) throw new Error('the adapter gives no raw access and no reason to skip');
      const all = await fill(store, ['a-1', 'a-2', 'a-1']);
      const position = all[1]?.position;
      if (position === undefined) throw new Error('too few events');
      await store.close();
      raw.flipOctet(position);
      const rows = await collect(raw.rows());
      const bad = rows.find((row) => row.is === 'damaged' || Buffer.compare(entryOf(row.event), row.entry) !== 0);
      expect(bad?.is === 'event' ? bad.event.position : bad?.position).toBe(position);
    },
  },
  {
    no: 43,
    title: 'an append to several streams is all or nothing',
    holds: async ({ store }) => {
      await fill(store, ['a-1']);
      const good = [
        { stream: 'a-1', expected: 0n, events: newEvents(2) },
        { stream: 'a-2', expected: 'no_stream', events: [newEvent()] },
      ] as const;
      const bad = { stream: 'a-3', expected: 4n, events: [newEvent()] };
      await failure(store.appendAtomically([...good, bad]), 'WrongExpectedRevision');
      expect(await collect(store.readAll())).toHaveLength(1);
      expect((await store.appendAtomically(good)).map(({ revision }) => revision)).toEqual([2n, 0n]);
      expect((await store.appendAtomically(good)).map(({ replayed }) => replayed)).toEqual([true, true]);
    },
  },
  {
    no: 44,
    title: 'the same stream twice in one such append is refused',
    holds: async ({ store }) => {
      const one = () => ({ stream: 'a-1', expected: 'any', events: [newEvent()] }) as const;
      await failure(store.appendAtomically([one(), one()]), 'BadEvent');
      expect(await store.head()).toBeNull();
    },
  },
];
