/** What those who keep the platform running are told: health part by part, and numbers that name nobody. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, SERIALS, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { BEHIND_MAX, type Health, healthOf } from '#apps/platform/src/operations/health.ts';
import { Pace } from '#apps/platform/src/operations/pace.ts';
import { Standing } from '#apps/platform/src/operations/standing.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';
import { asks } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${it.house.platformUrl}${path}`, { headers });
const page = async (): Promise<string> => (await get('/metrics')).text();
const valueOf = (text: string, name: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')
      .at(-1) ?? NaN,
  );

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
}, 180_000);

afterAll(() => it?.close());

describe('health', () => {
  test('of a platform that serves names every part', async () => {
    await until(async () => (await get('/health/ready')).ok);
    const health = (await (await get('/health/ready')).json()) as Health;
    expect(health).toMatchObject({ ready: true, demo: true });
    expect(Object.entries(health.parts).map(([name, { ok }]) => [name, ok])).toEqual([
      ['log', true],
      ['record', true],
      ['views', true],
      ['seal', true],
      ['witnesses', true],
    ]);
    expect(health.events).toBe((await it.events()).length);
  });

  const sound = {
    record: {
      store: { head: () => Promise.resolve('1') },
      sealer: { latest: { size: 3 }, failed: null, indexOf: () => 2 },
      cosigner: { latest: { size: 3 }, standstill: null, witnesses: [] },
    },
    board: { facts: { events: 3, founding: { demo: false } }, finding: null, listen: () => () => undefined },
    views: { state: { is: 'serving', position: '1' } },
  };
  const standing = (change: object): Standing => new Standing({ ...sound, ...change } as never);
  const failing = async (change: object): Promise<readonly string[]> => {
    const { ready, parts } = await healthOf(standing(change));
    const bad = Object.entries(parts).filter(([, { ok }]) => !ok);
    expect([ready, bad.every(([, { why = '' }]) => why.endsWith('.'))]).toEqual([bad.length === 0, true]);
    return bad.map(([name]) => name);
  };

  test.each([
    ['nothing amiss', {}, []],
    [
      'a log that does not answer',
      { record: { ...sound.record, store: { head: () => Promise.reject(new Error('x')) } } },
      ['log'],
    ],
    ['a record that does not hold', { board: { ...sound.board, finding: { position: '7', code: 'X' } } }, ['record']],
    [
      'views that are made anew',
      { views: { state: { is: 'rebuilding', position: null, events: 0, head: null } } },
      ['views'],
    ],
    [
      'a seal that stands still',
      { record: { ...sound.record, sealer: { ...sound.record.sealer, failed: new Error('disk') } } },
      ['seal'],
    ],
    [
      'a witness that knows a longer log',
      {
        record: {
          ...sound.record,
          cosigner: { ...sound.record.cosigner, standstill: { code: 'LOG_BEHIND', message: 'Behind.' } },
        },
      },
      ['witnesses'],
    ],
  ])('%s', async (_what, change, parts) => expect(await failing(change)).toEqual(parts));

  test('a follower is behind by time, not by number', () => {
    const pace = new Pace();
    for (const [events, atMs] of [
      [10, 0],
      [5000, 400],
      [5001, 2000],
    ] as const)
      pace.note(events, atMs);
    expect([pace.behindMs(5001, 60_000), pace.behindMs(5000, 2500), pace.behindMs(10, 2500)]).toEqual([0, 500, 500]);
    const limit = BEHIND_MAX * 1000;
    expect(pace.behindMs(9, limit + 1)).toBeGreaterThan(limit);
  });
});

describe('metrics', () => {
  test('count what the platform did, by words of a bounded number', async () => {
    const { token } = await sessionOf(it, 'rita');
    await asks({ url: it.house.platformUrl, token }, 'query Anything { genesis }');
    await asks(
      { url: it.house.platformUrl, token },
      'mutation { suspendSigningKey(id: "x", card: "C") { __typename } }',
    );
    const text = await page();
    expect(valueOf(text, 'keyledger_events_total{room="order"}')).toBeGreaterThan(5);
    expect(valueOf(text, 'keyledger_append_seconds_count')).toBeGreaterThan(10);
    expect(valueOf(text, 'keyledger_graphql_seconds_count{operation="genesis",outcome="answered"}')).toBe(1);
    expect(valueOf(text, 'keyledger_personalizations_total{step="CertificateIssued"}')).toBe(0);
    expect(valueOf(text, 'keyledger_orders_waiting')).toBe(0);
    expect(valueOf(text, 'keyledger_webhooks_waiting')).toBe(0);
    expect(valueOf(text, 'keyledger_record_holds')).toBe(1);
    expect(valueOf(text, 'keyledger_events')).toBe((await it.events()).length);
  });

  test('a trust list that a station enforces is measured', async () => {
    await issueCard(it.world);
    const text = await page();
    expect(valueOf(text, 'keyledger_trust_list_enforcement_seconds_count')).toBeGreaterThan(0);
    expect(valueOf(text, 'keyledger_trust_list_enforcement_seconds_sum')).toBeLessThan(30);
  }, 180_000);

  test('a refusal is counted by its code', async () => {
    const url = it.house.platformUrl;
    const refused = 'mutation { signOut(id: "00000000-0000-4000-8000-00000000000a", session: "x") { __typename } }';
    await asks({ url }, refused);
    await until(async () => valueOf(await page(), 'keyledger_refusals_total{code="SIGN_IN_NEEDED"}') > 0);
  });

  test('no person, card, module, unit or order is a label', async () => {
    const text = await page();
    const orders = (await it.events())
      .filter(({ type }) => type === 'OrderRequested')
      .map(({ stream }) => stream.slice(6));
    expect(orders.length).toBeGreaterThan(2);
    const people = ['P-CLARA', 'P-ANNA', 'P-BO', 'P-DORA', 'P-EMIL', 'P-RITA'];
    for (const canary of [...people, ...SERIALS, CARD, UNIT, ...orders]) expect(text).not.toContain(canary);
  });

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])(
    'are not for whom a proxy names in %s',
    async (header) => {
      expect([(await get('/metrics')).status, (await get('/metrics', { [header]: '192.0.2.1' })).status]).toEqual([
        200, 404,
      ]);
    },
  );

  test('stand in the Grafana dashboard: each that it draws is on the page, and each of ours is drawn', async () => {
    const dashboard = readFileSync('docs/operations/grafana.json', 'utf8');
    const drawn = new Set(
      [...dashboard.matchAll(/keyledger_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')),
    );
    const told = new Set([...(await page()).matchAll(/^# TYPE (keyledger_[a-z_]+)/gm)].map(([, name]) => name ?? ''));
    expect([...drawn].filter((name) => !told.has(name))).toEqual([]);
    const ours = [...told].filter((name) => !/^keyledger_(nodejs|process)_/.test(name));
    expect(ours.filter((name) => !drawn.has(name))).toEqual([]);
  });
});
