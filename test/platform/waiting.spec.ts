/** Whom an order waits for hears of it: the approver over the socket, somebody else's system over its webhook. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import type { WrittenOrder } from '#apps/keyledger/src/story/world.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';
import { sessionOf } from './people.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let it: HouseInProcess;
let server: Server;
let hanging: Server;
const told: string[] = [];
const closing: (() => unknown)[] = [];

const listening = async (one: Server): Promise<string> => {
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}/hook`;
};

beforeAll(async () => {
  hanging = createServer(() => undefined);
  server = createServer((asked, response) => {
    asked.on('data', (chunk) => told.push(String(chunk)));
    asked.on('end', () => response.writeHead(204).end());
  });
  const hooks = [await listening(hanging), await listening(server)].map((url) => ({ url, secret: SECRET }));
  it = await houseInProcess({ beside: { 'webhooks.json': JSON.stringify(hooks) } });
  await founding(it.world);
}, 180_000);

afterAll(async () => {
  for (const close of closing) await close();
  await it?.close();
  for (const one of [server, hanging]) {
    one?.closeAllConnections();
    one?.close();
  }
});

interface Waiting {
  readonly position: string;
  readonly orders: readonly string[];
  readonly count: number;
}

async function hears(who: Who): Promise<readonly Waiting[]> {
  const { token } = await sessionOf(it, who);
  const client = createClient({
    url: `${it.house.platformUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  closing.push(() => client.dispose());
  const heard: Waiting[] = [];
  client.subscribe<{ orderWaiting: Waiting }>(
    { query: 'subscription { orderWaiting { position orders count } }' },
    {
      next: ({ data }) => void (data != null && heard.push(data.orderWaiting)),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  await until(() => Promise.resolve(heard.length > 0));
  return heard;
}

const last = (heard: readonly Waiting[]) => heard.at(-1)?.orders;
const becomes = (heard: readonly Waiting[], orders: readonly string[]) =>
  until(() => Promise.resolve(JSON.stringify(last(heard)) === JSON.stringify(orders)));

const suspension = (name: string): WrittenOrder =>
  it.world.order(name, 'clara', {
    kind: 'compromise-signing-key',
    site: 'any',
    moduleClass: 'any',
    cardKey: 'A'.repeat(43),
    reason: 'drill',
  } as never);

test('an order waits for each approver until he has signed it, and for who asked until it has enough', async () => {
  const [anna, bo, clara] = [await hears('anna'), await hears('bo'), await hears('clara')];
  expect([last(anna), last(bo), last(clara)]).toEqual([[], [], []]);
  const order = suspension('waits');
  await it.world.requests('clara', order);
  for (const heard of [anna, bo, clara]) expect(await becomes(heard, [order.id])).toBe(true);
  await it.world.approves('anna', order);
  expect(await becomes(anna, [])).toBe(true);
  expect([last(bo), last(clara)]).toEqual([[order.id], [order.id]]);
  await it.world.approves('bo', order);
  for (const heard of [bo, clara]) expect(await becomes(heard, [])).toBe(true);
});

test('a webhook is told of it while another one hangs, and the record waits for neither', async () => {
  const { id } = suspension('waits');
  const ofOrder = () =>
    told
      .map((body) => JSON.parse(body) as { type: string; data: { order?: string; approved: number } })
      .filter(({ data }) => data.order === id);
  expect(await until(() => Promise.resolve(ofOrder().some(({ type }) => type === 'order.approved')))).toBe(true);
  expect(ofOrder()[0]?.type).toBe('order.waiting');
  expect(told.join()).not.toContain('whsec');
});
