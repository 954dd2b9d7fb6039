/** Contract points 37 to 44: limits of a call, immutability, and appends to several streams. */
import { generateKeyPairSync } from 'node:crypto';
import { expect } from '@jest/globals';
import { entryOf } from '#libs/kernel/event.ts';
import { signCheckpoint } from '#libs/seal/checkpoint.ts';
import { MerkleTree } from '#libs/seal/merkle.ts';
import { ed25519NoteKey } from '#libs/seal/note-key.ts';
import { verifyLog } from '#libs/seal/verify-log.ts';
import { type Point, collect, failure, fill, newEvent, newEvents } from './harness.ts';

export const keepPoints: readonly Point[] = [
  {
    no: 36,
    title: 'a mute server: every call ends in its time, and is answered again once the server speaks',
    needs: 'a wire',
    holds: async ({ store, wire }) => {
      await fill(store, ['a-1', 'a-1']);
      const request = () => ({ stream: 'a-1', expected: 1n, events: [newEvent()] }) as const;
      wire?.mute();
      const call = { timeoutMs: 300 };
      const started = performance.now();
      const ended = await Promise.allSettled([
        store.append(request(), call),
        store.appendAtomically([request()], call),
        store.streamHead('a-1', call),
        store.head(call),
        store.identity(call),
        collect(store.readStream('a-1', call)),
        collect(store.readAll(call)),
      ]);
      const following = new AbortController();
      setTimeout(() => following.abort(), 100);
      expect(await collect(store.subscribe({ after: null, signal: following.signal }))).toEqual([]);
      expect(performance.now() - started).toBeLessThan(3000);
      for (const one of ended)
        expect(one).toMatchObject({ reason: { code: expect.stringMatching(/^(Unavailable|OutcomeUnknown)$/) } });
      await failure(store.head(), 'Unavailable'); // by the adapter's own time
      wire?.heal();
      expect(await store.streamHead('a-1')).toBeLessThanOrEqual(2n);
      expect((await store.append({ stream: 'a-2', expected: 'no_stream', events: [newEvent()] })).revision).toBe(0n);
    },
    timeoutMs: 60_000,
  },
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
    needs: 'a way beneath the port',
    holds: async ({ store, raw }) => {
      if (raw === undefined) throw new Error('the adapter gives no raw access and no reason to skip');
      const all = await fill(store, ['a-1', 'a-2', 'a-1']);
      expect(raw.refused.length).toBeGreaterThan(0);
      for (const statement of raw.refused) await expect(raw.run(statement)).rejects.toThrow(/append-only/);
      expect(await collect(store.readAll())).toEqual(all);
    },
  },
  {
    no: 41,
    title: 'a flipped octet is found at its position: the stored entry is not that of the event',
    needs: 'a way beneath the port',
    holds: async ({ store, raw }) => {
      if (raw === undefined) throw new Error('the adapter gives no raw access and no reason to skip');
      const all = await fill(store, ['a-1', 'a-2', 'a-1']);
      const position = all[1]?.position;
      if (position === undefined) throw new Error('too few events');
      await store.close();
      await raw.flipOctet(position);
      const rows = await collect(raw.rows());
      const bad = rows.find((row) => row.is === 'damaged' || Buffer.compare(entryOf(row.event), row.entry) !== 0);
      expect(bad?.is === 'event' ? bad.event.position : bad?.position).toBe(position);
    },
  },
  {
    no: 42,
    title: 'a removed tail is found against a signed checkpoint that was kept',
    needs: 'a way beneath the port',
    holds: async ({ store, raw }) => {
      if (raw === undefined) throw new Error('the adapter gives no raw access and no reason to skip');
      await fill(store, ['a-1', 'a-2', 'a-1']);
      const signer = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
      const logKey = ed25519NoteKey(signer.name, signer.key);
      const tree = new MerkleTree();
      for (const row of await collect(raw.rows())) if (row.is === 'event') tree.append(row.entry);
      const keptCheckpoint = signCheckpoint({ size: tree.size, root: tree.root() }, signer);
      const verified = () => verifyLog({ events: raw.rows(), checkpoints: [], logKey, keptCheckpoint });
      expect(await verified()).toMatchObject({ held: true, size: 3 });
      await store.close();
      await raw.removeTail();
      expect(await verified()).toMatchObject({ held: false, position: '00000000000000000002' });
    },
  },
  {
    no: 43,
    title: 'an append to several streams is all or nothing',
    needs: 'several streams at once',
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
