/** What the PostgreSQL engine has beyond the contract: its role, its guards, other processes, and a server that goes away. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { type PostgresServer, postgresMissing } from '#test/kit/postgres.ts';
import { collect, eventsOf, failure, followUntil, newEvent, newEvents } from '../contract/harness.ts';
import type { EventStore } from '../event-store.ts';
import { isPostgresAddress, shownAddress } from './address.ts';
import { foundPostgresLog } from './found.ts';
import { openPostgresStore } from './postgresql-store.ts';
import { WRITER, addressFor, asRole, foundedLog, postgresHarness, theServer } from './postgresql.harness.ts';
import { openPostgresReadOnly } from './read-only.ts';

jest.setTimeout(60_000);

const missing = postgresMissing();
const onServer = missing === null ? describe : describe.skip;
if (missing !== null) process.stderr.write(`  postgresql was left out: ${missing}\n`);

let owner: string;
const opened: EventStore[] = [];

async function open(address = addressFor(owner)): Promise<EventStore> {
  const store = await openPostgresStore(address, { callMs: 5000 });
  opened.push(store);
  return store;
}

onServer('the PostgreSQL engine', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await theServer();
  }, 180_000);
  afterAll(async () => {
    await postgresHarness.end?.();
  }, 180_000);
  beforeEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    owner = await foundedLog();
  });

  test('the writing role may add events and nothing else', async () => {
    await (await open()).append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
    for (const statement of [
      "UPDATE keyledger.events SET data = '{}'",
      'DELETE FROM keyledger.events',
      'TRUNCATE keyledger.events',
      'DROP TABLE keyledger.events',
      'ALTER TABLE keyledger.events DISABLE TRIGGER ALL',
      'DROP TRIGGER events_no_change ON keyledger.events',
      'CREATE OR REPLACE FUNCTION keyledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$',
      'CREATE TABLE keyledger.more (a text)',
      "SET session_replication_role = 'replica'",
      "INSERT INTO keyledger.log VALUES ('a', 'b')",
      "UPDATE keyledger.log SET value = 'b'",
      'DELETE FROM keyledger.log_tip',
      'INSERT INTO keyledger.log_tip VALUES (false, 1, 1)',
    ])
      await expect(asRole(addressFor(owner), [statement])).rejects.toMatchObject({ code: '42501' });
  });

  test('a role that may do more, or less, is refused at the start with one sentence', async () => {
    const more = await failure(open(owner), 'AccessDenied');
    expect(more.message).toMatch(/^The role postgres may change what is stored; [^\n]+\.$/);
    await asRole(owner, ['DROP ROLE IF EXISTS looker', 'CREATE ROLE looker LOGIN']);
    expect((await failure(open(addressFor(owner, { role: 'looker' })), 'AccessDenied')).message).toMatch(/^[^\n]+\.$/);
    await asRole(owner, [
      'GRANT USAGE ON SCHEMA keyledger TO looker',
      'GRANT SELECT ON ALL TABLES IN SCHEMA keyledger TO looker',
    ]);
    expect((await failure(open(addressFor(owner, { role: 'looker' })), 'AccessDenied')).message).toMatch(/may not add/);
    const reader = await openPostgresReadOnly(addressFor(owner, { role: 'looker' }));
    expect([await reader.head(), await reader.alterations()]).toEqual([null, []]);
    await reader.close();
    await asRole(owner, ['DROP OWNED BY looker', 'DROP ROLE looker']);
  });

  test.each([
    ['no server listens', 'Unavailable', () => Promise.resolve(addressFor(owner, { port: 1 }))],
    ['the database is absent', 'Unavailable', () => Promise.resolve(addressFor(owner).replace(/log_\d+$/, 'absent'))],
    ['the role is absent', 'AccessDenied', () => Promise.resolve(addressFor(owner, { role: 'nobody_here' }))],
    ['nothing was founded', 'Corrupt', async () => addressFor(await server.database(`empty_${Date.now()}`))],
    ['a trigger was dropped', 'Corrupt', () => altered('DROP TRIGGER events_no_change ON keyledger.events')],
    ['a trigger sleeps', 'Corrupt', () => altered('ALTER TABLE keyledger.events DISABLE TRIGGER events_at_the_end')],
    [
      'a trigger is for originals only',
      'Corrupt',
      () => altered('ALTER TABLE keyledger.events ENABLE TRIGGER events_no_change'),
    ],
    [
      'a guard was emptied',
      'Corrupt',
      () =>
        altered(
          'CREATE OR REPLACE FUNCTION keyledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$',
        ),
    ],
    [
      'the tip is lost',
      'Corrupt',
      () => altered('ALTER TABLE keyledger.log_tip DISABLE TRIGGER ALL; DELETE FROM keyledger.log_tip'),
    ],
    [
      'it has another format',
      'Unsupported',
      () =>
        altered(
          "ALTER TABLE keyledger.log DISABLE TRIGGER ALL; UPDATE keyledger.log SET value = '9' WHERE name = 'version'",
        ),
    ],
  ] as const)('that cannot be used (%s) is told by one clear sentence', async (_what, code, address) => {
    const error = await failure(open(await address()), code);
    expect(error.message).toMatch(/^The [^\n]{10,250}\.$/);
  });

  async function altered(statement: string): Promise<string> {
    await asRole(owner, [statement]);
    return addressFor(owner);
  }

  test('a server that does not wait for its disk is refused', async () => {
    const forget = async (fsync: string) => {
      await asRole(owner, [`ALTER SYSTEM SET fsync = ${fsync}`, 'SELECT pg_reload_conf()', 'SELECT pg_sleep(0.3)']);
    };
    await forget('off');
    expect((await failure(open(), 'Unavailable')).message).toMatch(/fsync off/);
    await forget('on');
    await open();
  });

  test('is founded once, by a role with a plain name', async () => {
    expect((await failure(foundPostgresLog(owner, WRITER), 'Unsupported')).message).toMatch(
      /stands in this database already/,
    );
    await failure(foundPostgresLog(owner, 'a; DROP TABLE x'), 'Unsupported');
    const reader = await openPostgresReadOnly(addressFor(owner));
    expect(await reader.identity()).toMatch(/^[0-9a-f-]{36}$/);
    await reader.close();
  });

  test('says no password in what it says', async () => {
    const address = addressFor(owner, { port: 1 }).replace(WRITER, `${WRITER}:Geheim-123`);
    const error = await failure(open(address), 'Unavailable');
    expect(JSON.stringify([error.message, String(error.cause), error.stack])).not.toContain('Geheim');
    expect(shownAddress(address)).toMatch(/^postgresql:\/\/127\.0\.0\.1:1\/log_\d+$/);
  });

  test.each([
    '',
    'sqlite:',
    'postgresql://',
    'postgresql://h/d',
    'postgresql://r@h',
    'postgresql://r@h/a/b',
    'http://r@h/d',
    'postgresql://r@h/d #x',
  ])('is not found at "%s"', (text) => {
    expect(isPostgresAddress(text)).toBe(false);
  });

  test('four processes that append to the same streams stay in one dense order, and a follower sees each event once', async () => {
    const stores = await Promise.all([open(), open(), open(), open()]);
    const following = followUntil(
      (signal) => stores[0].subscribe({ after: null, signal }),
      (all) => eventsOf(all).length === 4 * 60,
    );
    const writer = async (store: EventStore, name: number): Promise<void> => {
      for (let index = 0; index < 60;) {
        const stream = `s-${index % 3}`;
        const head = await store.streamHead(stream);
        const events = [newEvent({ data: { name, index } })];
        await store.append({ stream, expected: head ?? 'no_stream', events }).then(
          () => (index += 1),
          (error: { code: string }) => expect(error.code).toBe('WrongExpectedRevision'),
        );
      }
    };
    await Promise.all(stores.map(writer));
    const all = await collect(stores[1].readAll());
    expect(eventsOf(await following)).toEqual(all);
    expect(all.map(({ position }) => Number(position))).toEqual(all.map((_, index) => index));
    expect(new Set(all.map(({ data }) => JSON.stringify(data))).size).toBe(240);
    for (const stream of ['s-0', 's-1', 's-2']) {
      const revisions = all.filter((event) => event.stream === stream).map(({ revision }) => Number(revision));
      expect(revisions).toEqual(revisions.map((_, index) => index));
    }
  }, 180_000);

  test('of a group one conflict is refused alone', async () => {
    const store = await open();
    await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
    const settled = await Promise.allSettled(
      ['a-1', 'a-2', 'a-1', 'a-3', 'a-2'].map((stream) =>
        store.append({ stream, expected: 'no_stream', events: [newEvent()] }),
      ),
    );
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await store.head()).toBe('00000000000000000002');
  });

  test('a notice of another process arrives at once, and without any notice within two looks', async () => {
    const [here, there] = [await open(), await open()];
    const took = async (): Promise<number> => {
      const started = performance.now();
      await followUntil(
        (signal) => here.subscribe({ after: null, signal }),
        (all) => {
          if (all.at(-1)?.kind === 'live')
            setTimeout(() => void there.append({ stream: 'a-1', expected: 'any', events: [newEvent()] }), 150);
          return all.at(-1)?.kind === 'event' && all.some(({ kind }) => kind === 'live');
        },
      );
      return performance.now() - started;
    };
    const times = [await took(), await took(), await took()];
    expect(Math.min(...times)).toBeLessThan(900);
    await asRole(owner, ['ALTER TABLE keyledger.events DISABLE TRIGGER events_at_the_end']);
    expect(await took()).toBeLessThan(5000);
  }, 180_000);

  test('a log that ends before what was acknowledged is refused, not continued', async () => {
    const store = await open();
    await store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(3) });
    await asRole(owner, [
      'ALTER TABLE keyledger.events DISABLE TRIGGER ALL; ALTER TABLE keyledger.log_tip DISABLE TRIGGER ALL',
      'DELETE FROM keyledger.events WHERE position = 2; UPDATE keyledger.log_tip SET position = 1',
    ]);
    const error = await failure(store.append({ stream: 'a-1', expected: 1n, events: [newEvent()] }), 'Corrupt');
    expect(error.message).toMatch(/now ends before that/);
  });

  test('closing leaves no connection behind', async () => {
    const store = await open();
    const following = collect(store.subscribe({ after: null, signal: new AbortController().signal }));
    await store.append({ stream: 'a-1', expected: 'no_stream', events: [newEvent()] });
    await store.close();
    await failure(following, 'Unavailable');
    const client = new Client({ connectionString: owner });
    await client.connect();
    const ours =
      "SELECT count(*)::int AS many FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'keyledger%'";
    let many = -1;
    for (let looks = 0; looks < 40 && many !== 0; looks += 1) {
      ({ many } = (await client.query<{ many: number }>(ours)).rows[0] ?? { many: -1 });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await client.end();
    expect(many).toBe(0);
  });
});
