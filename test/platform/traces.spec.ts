/** One trace from a mutation to the card's answer, as a collector receives it; and nothing of anybody in it. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { fitting } from '#libs/trace/spans.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { until } from '#test/journeys/until.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

/** A collector of OTLP over HTTP, as small as it can be. */
class Collector {
  readonly spans: Span[] = [];
  text = '';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((asked, response) => {
      const chunks: Buffer[] = [];
      asked.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.on('end', () => {
        const body = Buffer.concat(chunks);
        const json = (asked.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
        this.text += json;
        const told = JSON.parse(json) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
        this.spans.push(...told.resourceSpans.flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans)));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const collector = new Collector();
let it: HouseInProcess;

beforeAll(async () => {
  it = await houseInProcess({ traces: await collector.listen() });
  await tellStory(it.world);
  await until(async () => above(named('apdu SIGN_CERTIFICATE')).length > 1);
}, 300_000);

afterAll(async () => {
  await it?.close();
  await collector.close();
});

/** The last of its name: earlier ones are the story's own hands, which play thieves with a card. */
const named = (name: string): Span => {
  const span = collector.spans.findLast((one) => one.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
};
/** From a span up to the first of its trace. */
const above = (span: Span): readonly string[] => {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span.name] : [span.name, ...above(parent)];
};

describe('a trace', () => {
  test('goes from the approval to the APDU and back to the record', async () => {
    expect(above(named('apdu SIGN_CERTIFICATE'))).toEqual([
      'apdu SIGN_CERTIFICATE',
      'unit works',
      'command approveOrder',
      'graphql approveOrder',
    ]);
    const { traceId } = named('apdu SIGN_CERTIFICATE');
    const names = new Set(collector.spans.filter((one) => one.traceId === traceId).map(({ name }) => name));
    for (const name of [
      'append',
      'line MakeKey',
      'line Install',
      'graphql report',
      'command report',
      'apdu PRESENT_ORDER',
    ])
      expect([name, names.has(name)]).toEqual([name, true]);
  });

  test('has the status word of each APDU, and no more of it', () => {
    const apdus = collector.spans.filter(({ name }) => name.startsWith('apdu '));
    expect(apdus.length).toBeGreaterThan(10);
    for (const { attributes = [] } of apdus) expect(attributes.map(({ key }) => key)).toEqual(['card.status']);
    expect(apdus.every(({ attributes }) => /^[0-9a-f]{4}$/.test(String(attributes?.[0]?.value['stringValue'])))).toBe(
      true,
    );
  });

  test('has no key, token, PIN, person, module or order in it', async () => {
    const { people } = it.house.deployment;
    const events = await it.events();
    const orders = events.filter(({ type }) => type === 'OrderRequested').map(({ stream }) => stream.slice(6));
    const canaries = [
      ...Object.values(people.pins).map((pin) => `"${String(pin)}"`),
      'P-ANNA',
      'P-CLARA',
      'ATM-0000',
      'C-0042',
      ...orders,
    ];
    for (const canary of canaries) expect(collector.text).not.toContain(canary);
    expect(collector.text).not.toMatch(/"stringValue":"[A-Za-z0-9_-]{33,}"/);
  });

  test('stands in no event', async () => {
    const { traceId } = named('apdu SIGN_CERTIFICATE');
    const text = JSON.stringify((await it.events()).map(({ revision: _, ...event }) => event));
    expect(text).not.toContain(traceId);
  });
});

describe('words of a span', () => {
  test.each([
    ['a key', { x: 'A'.repeat(43) }],
    ['a hash in hex', { x: 'a1'.repeat(32) }],
    ['JSON', { x: '{"a":1}' }],
    ['a line', { x: 'a\nb' }],
  ])('are not %s', (_what, words) => expect(fitting(words)).toEqual({}));

  test('are codes, names and numbers', () =>
    expect(fitting({ code: 'CARD_GONE', n: 3 })).toEqual({ code: 'CARD_GONE', n: 3 }));
});
