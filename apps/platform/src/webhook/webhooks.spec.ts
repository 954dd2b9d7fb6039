/** Webhooks against real servers: one that takes, one that fails at first, one that hangs, one that leads elsewhere. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chipCardDecider, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { type HandlePort, handle } from '#libs/event-store/handle.ts';
import { MemoryEventStore } from '#libs/event-store/memory/memory-store.ts';
import { recordedTimes } from '#libs/event-store/recorded-times.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { certify, divergence, issueCard, recordDivergences } from '#test/kit/card-examples.ts';
import { approve, finding, request, withdraw } from '#test/kit/order-examples.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { until } from '#test/journeys/until.ts';
import { Board } from '../board.ts';
import { type Endpoint, readEndpoints } from './endpoints.ts';
import { startWebhooks } from './webhooks.ts';

const TIMES = { timeoutMs: 150, firstMs: 20, mostMs: 80 };
const KEY = Uint8Array.from({ length: 32 }, (_, at) => at);
const SECRET = `whsec_${Buffer.from(KEY).toString('base64')}`;

interface Taken {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

class Receiver {
  readonly taken: Taken[] = [];
  readonly #server: Server;

  /** `answers` gives the status of each call, by its number from 0; null never answers. */
  constructor(answers: (call: number, response: ServerResponse) => number | null) {
    this.#server = createServer((asked, response) => {
      let body = '';
      asked.on('data', (chunk) => (body += String(chunk)));
      asked.on('end', () => {
        this.taken.push({ headers: asked.headers, body });
        const status = answers(this.taken.length - 1, response);
        if (status !== null) response.writeHead(status).end('x'.repeat(100));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/told`;
  }

  get types(): readonly string[] {
    return this.taken.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

let folder: string;
let port: HandlePort;
let board: Board;
const said: string[] = [];
const closing: (() => Promise<void>)[] = [];
const ID = madeUpId('order');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kl-hooks-'));
  said.length = 0;
  const store = new MemoryEventStore();
  port = { store, times: await recordedTimes(store, systemClock) };
  await says('card', issueCard);
  const stop = new AbortController();
  board = new Board(store);
  await board.follow(stop.signal, () => undefined);
  closing.push(() => Promise.resolve(stop.abort()));
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function says(room: 'order' | 'card', command: object): Promise<void> {
  const to =
    room === 'order'
      ? { decider: orderDecider, stream: orderStream(ID) }
      : { decider: chipCardDecider, stream: chipCardStream('card-1') };
  const outcome = await handle(port, {
    ...to,
    command,
    commandId: uuidv7(),
    actor: 'test',
    operation: 'test',
  } as never);
  if (isRefusal(outcome)) throw new Error(outcome.code);
}

async function receiver(
  answers: (call: number, response: ServerResponse) => number | null,
): Promise<{ it: Receiver; endpoint: Endpoint }> {
  const it = new Receiver(answers);
  closing.push(() => it.close());
  return { it, endpoint: { url: new URL(await it.listen()), key: KEY } };
}

function starts(...endpoints: readonly Endpoint[]): () => Promise<void> {
  const say = (line: string): void => void said.push(line);
  const parts = { store: port.store, leases: null, board, clock: systemClock, folder, say };
  const { stop } = startWebhooks(endpoints, { ...parts, times: TIMES });
  closing.push(stop);
  return stop;
}

const settled = (it: Receiver, count: number) => until(() => Promise.resolve(it.taken.length >= count));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a webhook', () => {
  test('is told of an order that waits, is signed for and is approved, under a signature that its owner can check', async () => {
    const { it, endpoint } = await receiver(() => 204);
    starts(endpoint);
    await pause(50);
    for (const command of [request(), approve(finding('bo'))]) await says('order', command);
    expect(await settled(it, 3)).toBe(true);
    expect(it.types).toEqual(['order.waiting', expect.stringMatching(/^order\./), 'order.approved']);
    const [{ headers, body } = { headers: {}, body: '' }] = it.taken;
    const [id, time] = [headers['webhook-id'], headers['webhook-timestamp']];
    const mac = createHmac('sha256', KEY)
      .update(`${String(id)}.${String(time)}.${body}`)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${mac}`);
    expect(Math.abs(Number(time) - systemClock.seconds())).toBeLessThan(10);
    expect(JSON.parse(body)).toMatchObject({ data: { order: ID, kind: 'personalize', persons: 2 } });
    expect(new Set(it.taken.map((one) => one.headers['webhook-id'])).size).toBe(3);
  });

  test('is told of a card whose log diverged, and not of an upload that is merely missing', async () => {
    const { it, endpoint } = await receiver(() => 200);
    starts(endpoint);
    await pause(50);
    await says('card', certify);
    await says('card', recordDivergences(divergence(1, 'missing-upload'), divergence(2, 'cloned-card')));
    expect(await settled(it, 1)).toBe(true);
    await pause(60);
    expect(it.taken.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { type: 'card.diverged', data: { card: 'card-1', number: 2, kind: 'cloned-card' } },
    ]);
  });

  test('that fails is told again, the same message in the same order, and then the next', async () => {
    const { it, endpoint } = await receiver((call) => (call < 3 ? 500 : 200));
    starts(endpoint);
    await pause(50);
    await says('order', request());
    expect(await settled(it, 5)).toBe(true);
    const ids = it.taken.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids.slice(0, 4)).size).toBe(1);
    expect(ids[4]).not.toBe(ids[0]);
    expect(said).toEqual([expect.stringMatching(/^webhook 127\.0\.0\.1:\d+: status 500; it is tried again$/)]);
  });

  test('that hangs or leads elsewhere holds up nobody else, and nothing is ever sent where it leads', async () => {
    const elsewhere = await receiver(() => 200);
    const leading = await receiver((_, response) => {
      response.setHeader('location', elsewhere.endpoint.url.href);
      return 307;
    });
    const hanging = await receiver(() => null);
    const taking = await receiver(() => 200);
    starts(leading.endpoint, hanging.endpoint, taking.endpoint);
    await pause(50);
    const began = performance.now();
    await says('order', request());
    expect(performance.now() - began).toBeLessThan(TIMES.timeoutMs);
    expect(await settled(taking.it, 1)).toBe(true);
    expect(await settled(hanging.it, 2)).toBe(true);
    expect(await settled(leading.it, 2)).toBe(true);
    expect(elsewhere.it.taken).toEqual([]);
  });

  test('hears after a restart of what it did not take before, and of nothing twice', async () => {
    let takes = true;
    const { it, endpoint } = await receiver(() => (takes ? 200 : 500));
    const ids = () => it.taken.map(({ headers }) => headers['webhook-id']);
    const stop = starts(endpoint);
    await pause(50);
    await says('order', request());
    expect(await settled(it, 2)).toBe(true);
    takes = false;
    await says('order', approve(finding('bo')));
    expect(await settled(it, 4)).toBe(true);
    await stop();
    const before = ids();
    await says('order', withdraw(finding('ana')));
    await pause(150);
    expect(ids()).toEqual(before);
    takes = true;
    starts(endpoint);
    expect(await settled(it, before.length + 2)).toBe(true);
    await pause(60);
    expect(ids().slice(before.length)).toEqual([before[2], expect.not.stringMatching(String(before[2]))]);
    expect(it.types.slice(-2)).toEqual(['order.withdrawn', 'order.withdrawn']);
    expect(ids().filter((id) => id === before[0]).length).toBe(1);
  });
});

describe('the file of webhooks', () => {
  const read = (text: string): readonly Endpoint[] => {
    const file = join(folder, 'webhooks.json');
    writeFileSync(file, text);
    return readEndpoints(file);
  };

  test('says where to, and with which secret', () => {
    expect(readEndpoints(join(folder, 'none.json'))).toEqual([]);
    const [one] = read(JSON.stringify([{ url: 'https://example.org/hook', secret: SECRET }]));
    expect([one?.url.href, one?.key]).toEqual(['https://example.org/hook', KEY]);
  });

  test.each([
    ['no JSON', '['],
    ['no list', '{}'],
    ['a file of this machine', JSON.stringify([{ url: 'file:///etc/passwd', secret: SECRET }])],
    ['a user in the address', JSON.stringify([{ url: 'http://me:secretword@example.org/', secret: SECRET }])],
    ['a short secret', JSON.stringify([{ url: 'http://example.org/', secret: 'whsec_c2VjcmV0d29yZA==' }])],
    ['no secret', JSON.stringify([{ url: 'http://example.org/' }])],
  ])('with %s stops the start in one sentence without any secret', (_, text) => {
    expect(() => read(text)).toThrow(/^The file .* cannot be used: .*\.$/);
    expect(() => read(text)).not.toThrow(/secretword|c2VjcmV0/);
  });
});
