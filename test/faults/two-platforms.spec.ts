/** Two platforms behind one log, under load, one of them killed: one order of events, nothing lost or doubled, and the other goes on. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { rebuild } from '#apps/keyledger/src/verbs/rebuild.ts';
import { NOT_WITNESSED, verify } from '#apps/keyledger/src/verbs/verify.ts';
import { temporaryFolder } from '#libs/event-store/sqlite/sqlite.harness.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { PeopleBench } from '../journeys/people-bench.ts';
import { until } from '../journeys/until.ts';
import { page } from '#test/kit/graphql.ts';
import { postgresMissing } from '#test/kit/postgres.ts';
import { type TwoPlatforms, enrols, insisting, rowsOf, twoPlatforms } from './two-platforms.ts';

jest.setTimeout(240_000);

const missing = postgresMissing();
const onServer = missing === null ? describe : describe.skip;
if (missing !== null) process.stderr.write(`  two platforms were left out: ${missing}\n`);

const { folder, drop } = temporaryFolder();
let it: TwoPlatforms;

const eventsOf = async (): Promise<readonly StoredEvent[]> => {
  const all: StoredEvent[] = [];
  for await (const event of it.log.readAll()) all.push(event);
  return all;
};

const ofType = async (type: string): Promise<number> =>
  (await eventsOf()).filter((event) => event.type === type).length;

const said: string[] = [];
const terminal = {
  json: false,
  line: (text: string) => void said.push(text),
  warn: (text: string) => void said.push(text),
  data: () => undefined,
  progress: () => undefined,
};

onServer('two platforms behind one PostgreSQL log', () => {
  beforeAll(async () => {
    it = await twoPlatforms(folder);
  }, 240_000);
  afterAll(async () => {
    await it?.close();
    drop();
  }, 180_000);

  let enrolled = 0;
  const load = (many: number): Promise<unknown> =>
    Promise.all(Array.from({ length: many }, () => enrols(it, (enrolled += 1))));

  const spent = (many: number): Promise<boolean> => until(async () => (await ofType('OrderSpent')) >= many);

  test('what one of them wrote the other judges by, whoever is asked', async () => {
    await enrols(it, (enrolled += 1));
    expect(await spent(1)).toBe(true);
    const session = await it.world('a').callers.signedIn('rita');
    if ('code' in session) throw new Error(session.code);
    const { token } = session.session;
    const head = (await it.log.head()) ?? '';
    for (const name of ['a', 'b'] as const) {
      const newest = await page({ url: it.urlOf(name), token }, 'events', '{ position }', `first: 1, seen: "${head}"`);
      expect(newest.edges).toMatchObject([{ node: { position: head } }]);
    }
  });

  test('people change at one while the other is written to, and the record holds', async () => {
    const bench = new PeopleBench({ world: it.world('b'), house: it });
    const changing = async (): Promise<void> => {
      for (const person of ['P-NEW1', 'P-NEW2']) {
        const credential = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
        const { crv, kty, x, y } = credential as { crv: string; kty: string; x: string; y: string };
        const particular = { kind: 'enrol-operator', operator: person, roles: ['auditor'] };
        const given = { ...particular, credential: thumbprint(credential) };
        const order = await insisting(() => bench.ordered(given));
        expect(await bench.changes(order, { crv, kty, x, y })).not.toHaveProperty('code');
      }
    };
    await Promise.all([load(4), changing()]);
    expect(await ofType('OperatorEnrolled')).toBe(2);
  });

  test('one is killed under load: the other takes over within seconds, and the first comes back', async () => {
    const before = enrolled;
    const loading = load(5);
    await until(async () => (await ofType('UnitEnrolled')) > before);
    const [{ holder = '' } = {}] = await leases();
    const doomed = whose(holder);
    await it.kill(doomed);
    const rest = doomed === 'a' ? 'b' : 'a';
    const taken = await until(async () => (await leases()).every((one) => one.holder !== holder));
    expect([holder === '', taken]).toEqual([false, true]);
    expect(it.urlOf(rest)).not.toBe('');
    await it.start(doomed);
    await loading;
    expect(await spent(enrolled + 2)).toBe(true);
  });

  test('every event stands once, in one order; each reaction ran once; the counts are equal; verify holds on both', async () => {
    const events = await eventsOf();
    expect(events.map(({ position }) => Number(position))).toEqual(events.map((_, index) => index));
    expect(new Set(events.map(({ stream, revision }) => `${stream} ${revision}`)).size).toBe(events.length);
    const times = events.map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([...times].sort());
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    expect([count('UnitEnrolled'), count('OrderSpent'), count('DeploymentFounded')]).toEqual([
      enrolled,
      enrolled + 2,
      1,
    ]);
    const refused = events.filter(
      ({ type, metadata }) => type === 'OperationRefused' && /^reaction:/.test(metadata.actor ?? ''),
    );
    expect(refused).toEqual([]);
    for (const name of ['a', 'b'] as const) {
      const session = await it.world(name).callers.signedIn('rita');
      if ('code' in session) throw new Error(session.code);
      const head = (await it.log.head()) ?? '';
      const { token } = session.session;
      const ask = { url: it.urlOf(name), token };
      const newest = await page(ask, 'events', '{ index }', `first: 1, seen: "${head}"`);
      expect(newest.edges).toMatchObject([{ node: { index: Number(head) } }]);
    }
    for (const name of ['a', 'b'] as const)
      expect([name, await verify({ folder: it.folders[name] }, terminal)]).toEqual([name, NOT_WITNESSED]); // no station stands here
    const [one, other] = said.join('\n').match(/\d+ events, tree root \w+/g) ?? [];
    expect([one === undefined, other]).toEqual([false, one]);
  });

  test('their views are made anew by a verb, not while a platform anywhere writes them, and say what the log says', async () => {
    await it.kill('b');
    const again = () => rebuild({ folder: it.folders.b, views: it.views }, terminal);
    expect([await again(), said.at(-1)]).toEqual([2, expect.stringMatching(/^VIEWS_BUSY: /)]);
    await it.kill('a');
    expect(await until(async () => (await again()) === 0)).toBe(true);
  });

  test('with --standby the second one serves when the first is gone, and not before', async () => {
    await it.start('a', '--standby');
    let stood = false;
    const second = it.start('b', '--standby').then(() => (stood = true));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(stood).toBe(false);
    await it.kill('a');
    await second;
    expect((await fetch(`${it.urlOf('b')}/health/live`)).status).toBe(200);
  });

  async function leases(): Promise<readonly { readonly name: string; readonly holder: string }[]> {
    return rowsOf(it, "SELECT name, holder FROM keyledger.leases WHERE name = 'reactions'");
  }

  function whose(holder: string): 'a' | 'b' {
    const pid = Number(holder.split(':').at(-1));
    return it.pidOf('a') === pid ? 'a' : 'b';
  }
});
