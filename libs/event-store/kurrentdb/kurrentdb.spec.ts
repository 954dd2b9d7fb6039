/** What is KurrentDB's own beside the contract: addresses, rights, certificates, a leader that moves, a server that restarts or is slow. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestDatabase } from '#test/kurrentdb/database.ts';
import type { Member } from '#test/kurrentdb/messages.ts';
import { type TestNode, startNode } from '#test/kurrentdb/server.ts';
import { collect, eventsOf, failure, followUntil, newEvent, newEvents } from '../contract/harness.ts';
import { isEventStoreError } from '../event-store.ts';
import { faultOf, placeOf, shownKurrentAddress } from './address.ts';
import { uuidOf } from './envelope.ts';
import { foundKurrentLog } from './founded.ts';
import { PASSWORDS, type TestServer, WRITER, addressOf, newLog, startServer } from './kurrentdb.harness.ts';
import { openKurrentStore } from './kurrentdb-store.ts';
import { openKurrentReadOnly } from './read-only.ts';

describe('an address of a KurrentDB log', () => {
  test.each([
    ['kurrentdb://127.0.0.1:2113?tls=false', null],
    ['esdb://user:p%40ss@db.example:2113?tlsCAFile=/etc/ca.pem', null],
    ['kurrentdb+discover://user:word@cluster.example:2113?nodePreference=leader&gossipTimeout=5', null],
    ['esdb://user:word@a.example:2113,b.example:2113,c.example', null],
    ['kurrentdb://a.example?log=bank-1', null],
    ['mysql://a', /begins with/],
    ['kurrentdb://', /host:port/],
    ['kurrentdb://a:99999', /host:port/],
    ['kurrentdb://user@a.example', /password/],
    ['kurrentdb://a.example?tls=maybe', /option tls/],
    ['kurrentdb://a.example?colour=red', /no option colour/],
    ['kurrentdb://a.example?throwOnAppendFailure=false', /no option/],
    ['kurrentdb://a.example?tls=false', /this machine/],
    ['kurrentdb://a.example?tlsVerifyCert=false', /this machine/],
    ['kurrentdb://user:word@localhost?tls=false', /without TLS/],
    ['kurrentdb://a.example?log=Bank 1', /option log/],
  ])('%s', (text, fault) => {
    if (fault === null) expect(faultOf(text)).toBeNull();
    else expect(faultOf(text)).toMatch(fault);
  });

  test('is shown without user and password, and given to the driver without what is ours', () => {
    const address = 'esdb://user:word@a.example,b.example:2114?tlsCAFile=/ca.pem&log=bank';
    expect(shownKurrentAddress(address)).toBe('kurrentdb://a.example,b.example:2114?log=bank');
    expect(placeOf(address).connection).toBe('kurrentdb://user:word@a.example,b.example:2114?tlsCAFile=/ca.pem');
  });

  test('an id that is a UUID stays itself, another gets one that follows from it', () => {
    expect(uuidOf('018f3c9a-7b1e-7000-8000-0123456789ab')).toBe('018f3c9a-7b1e-7000-8000-0123456789ab');
    expect(uuidOf('refusal-1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('refusal-1')).not.toBe(uuidOf('refusal-2'));
  });
});

describe('a server with users and TLS', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  }, 180_000);
  afterAll(() => server.close());
  const founded = async (): Promise<string> => {
    const log = newLog();
    await foundKurrentLog(addressOf(server, 'admin', { log }), WRITER);
    return log;
  };

  test('a log is founded once, by an administrator', async () => {
    const log = await founded();
    await failure(foundKurrentLog(addressOf(server, 'admin', { log }), WRITER), 'Unsupported');
    await failure(foundKurrentLog(addressOf(server, WRITER, { log: newLog() }), WRITER), 'AccessDenied');
    await failure(openKurrentStore(addressOf(server, WRITER, { log: newLog() })), 'Corrupt');
  }, 180_000);

  test('whoever may delete is not let in to write, and a wrong password neither', async () => {
    const log = await founded();
    await failure(openKurrentStore(addressOf(server, 'admin', { log })), 'AccessDenied');
    const guessed = addressOf(server, WRITER, { log }).replace(PASSWORDS[WRITER], 'guessed');
    const refused = await failure(openKurrentStore(guessed), 'AccessDenied');
    expect(refused.message).not.toContain('guessed');
  }, 180_000);

  test('a certificate that nobody vouches for is not believed', async () => {
    const address = addressOf(server, WRITER, { log: await founded() }).replace(/tlsCAFile=[^&]+&/, '');
    expect((await failure(openKurrentStore(address, { callMs: 3000 }), 'Unavailable')).message).toMatch(/certificate/);
  }, 180_000);

  test('another writer named later takes nothing from the first', async () => {
    const log = await founded();
    await foundKurrentLog(addressOf(server, 'admin', { log: newLog() }), 'another');
    const store = await openKurrentStore(addressOf(server, WRITER, { log }));
    await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
    expect(await store.head()).not.toBeNull();
    await store.close();
  }, 180_000);

  test('two logs in one database do not see each other', async () => {
    const [one, two] = [await founded(), await founded()];
    const stores = await Promise.all([one, two].map((log) => openKurrentStore(addressOf(server, WRITER, { log }))));
    for (const store of stores) await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(3) });
    for (const store of stores) {
      expect(await collect(store.readAll())).toHaveLength(3);
      expect(await collect(store.readAll({ filter: { streamPrefixes: ['a'] }, backwards: true }))).toHaveLength(3);
    }
    expect(await stores[0]?.identity()).not.toBe(await stores[1]?.identity());
    for (const store of stores) await store.close();
  }, 180_000);

  test('an append larger than the server takes is TooLarge and stores nothing', async () => {
    const database = new TestDatabase(':memory:');
    const node = await startNode({ database, appendOctetsMax: 100_000 });
    const address = `kurrentdb://127.0.0.1:${node.port}?tls=false`;
    await foundKurrentLog(address, WRITER);
    const store = await openKurrentStore(address);
    const large = newEvent({ data: 'x'.repeat(200_000) });
    await failure(store.append({ stream: 'a-1', expected: 'no_stream', events: [large] }), 'TooLarge');
    expect(await store.head()).toBeNull();
    await store.close();
    node.kill();
    database.close();
  }, 180_000);

  test('what somebody wrote beneath us is named: hidden events, and a spelling that is not ours', async () => {
    const log = await founded();
    const store = await openKurrentStore(addressOf(server, WRITER, { log }));
    await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(2) });
    await store.close();
    const hiding = { id: crypto.randomUUID(), type: '$metadata', json: true, metadata: Buffer.of() };
    server.database.append(`$$${log}:a-1`, -1n, [{ ...hiding, data: Buffer.from('{"$tb":1}') }]);
    server.database.run(
      "UPDATE event SET data = CAST(replace(CAST(data AS TEXT), ':', ': ') AS BLOB) WHERE stream = ? AND revision = 1",
      `${log}:a-1`,
    );
    const reader = await openKurrentReadOnly(addressOf(server, WRITER, { log }));
    expect(await reader.alterations()).toEqual([`$$${log}:a-1`]);
    expect((await collect(reader.rows())).map(({ is }) => is)).toEqual(['event', 'damaged']);
    await reader.close();
  }, 180_000);
});

describe('a cluster of three', () => {
  const database = new TestDatabase(':memory:');
  const nodes: TestNode[] = [];
  let [leader, down] = [0, -1];
  const members = (): readonly Member[] =>
    nodes.map(({ id, port }, at) => ({ id, port, host: '127.0.0.1', leads: at === leader, alive: at !== down }));
  const address = () =>
    `kurrentdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false&discoveryInterval=50`;

  beforeAll(async () => {
    for (let node = 0; node < 3; node += 1) nodes.push(await startNode({ database, members }));
    await foundKurrentLog(address(), WRITER);
  }, 180_000);
  afterAll(() => {
    for (const node of nodes) node.kill();
    database.close();
  });

  test('the leader moves under load, then dies: nothing acknowledged is lost, nothing doubled, a follower goes on', async () => {
    const store = await openKurrentStore(address(), { callMs: 5000 });
    const [writers, many] = [4, 20];
    const following = followUntil(
      (signal) => store.subscribe({ after: null, signal }),
      (all) => eventsOf(all).length === writers * many,
    );
    let stored = 0;
    const writing = Array.from({ length: writers }, async (_, writer) => {
      for (let index = 0; index < many; index += 1) {
        const expected = index === 0 ? ('no_stream' as const) : BigInt(index - 1);
        const request = { stream: `w-${writer}`, expected, events: [newEvent({ data: { index } })] };
        await insisting(() => store.append(request));
        stored += 1;
        if (stored === 20) leader = 1;
        if (stored === 40) {
          [leader, down] = [2, 1];
          nodes[1]?.kill();
        }
      }
    });
    await Promise.all(writing);
    const all = await collect(store.readAll());
    expect(all).toHaveLength(writers * many);
    expect(eventsOf(await following)).toEqual(all);
    for (let writer = 0; writer < writers; writer += 1)
      expect((await collect(store.readStream(`w-${writer}`))).map(({ data }) => data)).toEqual(
        Array.from({ length: many }, (_, index) => ({ index })),
      );
    await store.close();
  }, 180_000);
});

describe('a server that restarts, or is slow', () => {
  test('restarted under load: every answer holds, a lost one is learnt by asking again, a subscription goes on', async () => {
    const database = new TestDatabase(':memory:');
    let node = await startNode({ database });
    const { port } = node;
    const address = `kurrentdb://127.0.0.1:${port}?tls=false`;
    await foundKurrentLog(address, WRITER);
    const store = await openKurrentStore(address, { callMs: 3000 });
    const met: string[] = [];
    const following = followUntil(
      (signal) => store.subscribe({ after: null, signal }),
      (all) => eventsOf(all).length === 60,
    );
    for (let index = 0; index < 60; index += 1) {
      const expected = index === 0 ? ('no_stream' as const) : BigInt(index - 1);
      const request = { stream: 'a-1', expected, events: [newEvent({ data: { index } })] };
      if (index % 20 === 10) {
        node.pace.afterMs = 200; // stored, and killed before it answers
        setTimeout(() => node.kill(), 100);
        setTimeout(() => void startNode({ database, port }).then((again) => (node = again)), 300);
      }
      const appended = await insisting(() => store.append(request), met);
      expect(appended.revision).toBe(BigInt(index));
    }
    expect(met).toContain('OutcomeUnknown');
    expect(eventsOf(await following).map(({ data }) => data)).toEqual(
      Array.from({ length: 60 }, (_, index) => ({ index })),
    );
    await store.close();
    node.kill();
    database.close();
  }, 180_000);

  test('a server slower than the call: OutcomeUnknown, stored once, and the next one waits its turn', async () => {
    const database = new TestDatabase(':memory:');
    const node = await startNode({ database });
    const address = `kurrentdb://127.0.0.1:${node.port}?tls=false`;
    await foundKurrentLog(address, WRITER);
    const store = await openKurrentStore(address, { callMs: 2000 });
    node.pace.beforeMs = 600;
    const request = { stream: 'a-1', expected: 'no_stream' as const, events: [newEvent()] };
    await failure(store.append(request, { timeoutMs: 200 }), 'OutcomeUnknown');
    node.pace.beforeMs = 0;
    expect(await store.append(request)).toMatchObject({ revision: 0n, replayed: true });
    expect(await collect(store.readAll())).toHaveLength(1);
    await store.close();
    node.kill();
    database.close();
  }, 180_000);
});

/** The same request again tells what became of it. */
async function insisting<T>(call: () => Promise<T>, met: string[] = []): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (isEventStoreError(error)) met.push(error.code);
      if (!isEventStoreError(error, 'Unavailable') && !isEventStoreError(error, 'OutcomeUnknown')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}
