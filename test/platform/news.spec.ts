/** News of trust lists: a person hears of the list he names, or of every one; a station of its own alone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { STATION } from '#apps/keyledger/src/demo/names.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
}, 180_000);

afterAll(() => it?.close());

function listener(token: string) {
  const client = createClient({
    url: `${it.house.platformUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const hear = (query: string): string[] => {
    const heard: string[] = [];
    const next = ({ data }: { data?: Record<string, unknown> | null }) =>
      void heard.push(String(Object.values(data ?? {})[0]));
    client.subscribe(
      { query: `subscription { ${query} }` },
      { next, error: () => undefined, complete: () => undefined },
    );
    return heard;
  };
  return { hear, close: () => client.dispose() };
}

test('S29c a trust list that changed is heard of by whom it concerns', async () => {
  const { places, genesis: aud } = it.house.deployment;
  const exp = it.world.clock.seconds() + BEARER_LIFE;
  const station = listener(
    bearerToken({ aud, exp, sub: `station:${STATION}` }, keyAt(places.station.credential, 'P-256')),
  );
  const auditor = listener((await sessionOf(it, 'rita')).token);
  const heard = [
    auditor.hear('trustListChanged'),
    auditor.hear(`trustListChanged(station: "${STATION}")`),
    station.hear('trustListChanged'),
    station.hear('trustListChanged(station: "ST-ELSEWHERE")'),
  ];
  const elsewhere = auditor.hear('trustListChanged(station: "ST-ELSEWHERE")');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await issueCard(it.world);
  const published = (await it.events()).find(({ type }) => type === 'TrustListPublished')?.position;
  expect(await until(() => Promise.resolve(heard.every((one) => one.includes(String(published)))))).toBe(true);
  expect(elsewhere).toEqual([]);
  await auditor.close();
  await station.close();
}, 180_000);
