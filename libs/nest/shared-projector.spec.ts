/** Several processes over one view database: one writes and all read, the next one takes over, and nothing that a former one writes counts. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { newEvents } from '#libs/event-store/contract/harness.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { postgresViews } from '#libs/views/postgresql/shared.ts';
import { ViewSchema, prepareViews } from '#libs/views/postgresql/view-schema.ts';
import type { Reading } from '#libs/views/sqlite/reading.ts';
import { ViewsFenced } from '#libs/views/view-store.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '#test/kit/postgres.ts';
import { viewDatabase } from '#test/kit/view-engines.ts';
import { SharedProjector } from './shared-projector.ts';

jest.setTimeout(60_000);

const onServer = postgresMissing() === null ? describe : describe.skip;

onServer('the views of several processes in one PostgreSQL database', () => {
  let server: PostgresServer;
  let address: string;
  let store: EventStore;
  const opened: SharedProjector<Reading>[] = [];
  const failed: unknown[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 180_000);
  afterAll(async () => {
    await server?.close();
  }, 180_000);
  beforeEach(async () => {
    address = await viewDatabase(server);
    await prepareViews(address);
    store = new MemoryEventStore();
    await append(3);
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    expect(failed.splice(0)).toEqual([]);
  });

  let streams = 0;
  const append = (many: number) =>
    store.append({ stream: `s-${(streams += 1)}`, expected: 'no_stream', events: newEvents(many) });

  async function opens(holder: string): Promise<SharedProjector<Reading>> {
    const projector = new SharedProjector<Reading>({ store, views: postgresViews(address, holder) });
    opened.push(projector);
    await projector.start((error) => failed.push(error));
    return projector;
  }

  const count = async (projector: SharedProjector<Reading>): Promise<number | undefined> =>
    projector.reading()?.event.count();

  async function sees(projector: SharedProjector<Reading>, events: number): Promise<void> {
    expect(await projector.reached(await store.head(), 20_000)).toBe(true);
    expect(await count(projector)).toBe(events);
  }

  const ask = async <Row extends object>(text: string): Promise<readonly Row[]> => {
    const client = new Client({ connectionString: address });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };

  test('one writes, both read, and the other takes over when it ends', async () => {
    const [a, b] = [await opens('a'), await opens('b')];
    expect([a.writes, b.writes]).toEqual([true, false]);
    await append(4);
    for (const one of [a, b]) await sees(one, 7);
    await a.close();
    await append(2);
    await sees(b, 9);
    expect(b.writes).toBe(true);
  });

  test('what a former holder writes changes nothing', async () => {
    const a = await opens('a');
    const [lease] = await ask<{ name: string; epoch: string }>('SELECT name, epoch FROM keyledger_views.leases');
    const turn = { lease: lease?.name ?? '', epoch: Number(lease?.epoch) - 1 };
    const former = await new ViewSchema(address, turn).open();
    const log = await store.identity();
    const write = former?.write(log, [], { position: null, events: 0 });
    await expect(write).rejects.toBeInstanceOf(ViewsFenced);
    await expect(former?.gatherWords(1) ?? Promise.resolve(0)).resolves.toBe(0);
    await former?.close();
    await sees(a, 3);
  });

  test('a schema that is dropped while it serves is made anew', async () => {
    const [a, b] = [await opens('a'), await opens('b')];
    await ask(`DROP SCHEMA ${new ViewSchema(address).file} CASCADE`);
    await append(1);
    for (const one of [a, b]) await sees(one, 4);
  });

  test('a server that goes away is waited for, and what stood there is taken up and not made anew', async () => {
    const a = await opens('a');
    const schema = new ViewSchema(address).file;
    const identity = `SELECT '${schema}'::regnamespace::oid AS oid`;
    const before = await ask(identity);
    await server.stop();
    await append(5);
    await server.start();
    await sees(a, 8);
    expect(await ask(identity)).toEqual(before);
  });

  test('views of another log are made anew, and words are found in them', async () => {
    const first = await opens('a');
    await first.close();
    store = new MemoryEventStore();
    await append(6);
    const a = await opens('a');
    await sees(a, 6);
    const progress = async () => a.reading()?.progress.findUnique({ where: { id: 1 } });
    while ((await progress())?.words !== 6) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await ask(`SELECT place FROM ${new ViewSchema(address).file}.event_text`)).toHaveLength(6);
  });

  test.each([
    ['may do everything', (owner: string) => Promise.resolve(owner), /may do more than keep views/],
    ['may make no schema', (owner: string) => grants(owner, 'REVOKE CREATE ON DATABASE'), /may make no schema there/],
    [
      'is of no database',
      (owner: string) => Promise.resolve(owner.replace(/[^/]*$/, 'nowhere')),
      /has no such database/,
    ],
    [
      'is of no server',
      (owner: string) => Promise.resolve(owner.replace(/:\d+\//, ':1/')),
      /does not answer|cannot be reached/,
    ],
  ])('a role that %s is refused with one sentence', async (_, change, words) => {
    const owner = new URL(address);
    owner.username = 'postgres';
    await expect(prepareViews(await change(owner.href))).rejects.toThrow(words);
    await expect(prepareViews(await change(owner.href))).rejects.toThrow(/^[^\n]+$/);
  });

  async function grants(owner: string, what: string): Promise<string> {
    const client = new Client({ connectionString: owner });
    await client.connect();
    const name = new URL(owner).pathname.slice(1);
    await client.query(
      `DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'looker') THEN CREATE ROLE looker LOGIN; END IF; END$$`,
    );
    await client.query(`${what} ${name} FROM looker`);
    await client.end();
    const role = new URL(owner);
    role.username = 'looker';
    return role.href;
  }
});
