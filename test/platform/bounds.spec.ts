/** How much one caller may take: bombs of every kind are refused, while a normal question next to them is answered. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { idOf } from '#apps/platform/src/bounds/trusted-documents.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { asks } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let token: string;
const KNOWN = '{ genesis viewer { subject } }';

beforeAll(async () => {
  it = await houseInProcess({
    platformLimits: { bodyMs: 400, burst: 60, perSecond: 30 },
    beside: { 'trusted-documents.json': JSON.stringify({ only: false, documents: [KNOWN] }) },
  });
  ({ token } = await sessionOf(it, 'rita'));
}, 180_000);

afterAll(() => it?.close());

const at = () => ({ url: it.house.platformUrl, token });

interface Answer {
  readonly status: number;
  readonly codes: readonly string[];
  readonly headers: Headers;
}

async function send(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${it.house.platformUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body,
  });
  const text = await response.text();
  const { errors = [] } = text.startsWith('{')
    ? (JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] })
    : {};
  return {
    status: response.status,
    headers: response.headers,
    codes: errors.map(({ extensions }) => String(extensions?.code)),
  };
}

const question = (query: string): string => JSON.stringify({ query });
const pages = (sizes: string): string =>
  `{ securityModules(${sizes}) { edges { node { events(${sizes}) { edges { node { type actor data links { order { events(${sizes}) { edges { node { type } } } } } } } } } } } }`;

describe('a bomb is refused, and a normal question beside it is answered', () => {
  test.each<[string, () => Promise<Answer>, number, string | null]>([
    ['of depth', () => send(question(`{ ${'viewer { '.repeat(40)} subject ${'} '.repeat(40)} }`)), 400, null],
    [
      'of aliases',
      () => send(question(`{ ${Array.from({ length: 200 }, (_, n) => `a${n}: genesis`).join(' ')} }`)),
      400,
      null,
    ],
    ['of words', () => send(question(`{ ${'genesis '.repeat(5000)} }`)), 400, null],
    ['of a batch', () => send(`[${Array.from({ length: 100 }, () => question('{ genesis }')).join(',')}]`), 400, null],
    ['of a body', () => send(question(`{ genesis } # ${'x'.repeat(1_000_000)}`)), 413, null],
    ['of cost', () => send(question(pages('first: 200'))), 400, 'QUESTION_TOO_COSTLY'],
    [
      'of cost in variables',
      () => send(JSON.stringify({ query: `query($n: Int) ${pages('first: $n')}`, variables: { n: 100 } })),
      400,
      'QUESTION_TOO_COSTLY',
    ],
    [
      'of fragments',
      () =>
        send(
          question(
            `{ ...a } fragment a on Query { ...b ...b } ${Array.from({ length: 20 }, (_, n) => `fragment ${'bcdefghijklmnopqrstuvwxyz'[n]!} on Query { ...${'cdefghijklmnopqrstuvwxyz'[n]!} ...${'cdefghijklmnopqrstuvwxyz'[n]!} }`).join(' ')} fragment v on Query { genesis }`,
          ),
        ),
      400,
      null,
    ],
  ])('%s', async (_, bomb, status, code) => {
    const [refused, normal] = await Promise.all([bomb(), asks(at(), '{ genesis }')]);
    expect(refused.status).toBe(status);
    if (code !== null) expect(refused.codes).toEqual([code]);
    expect(normal.data).toEqual({ genesis: it.house.deployment.genesis });
  });

  test('of a slow body: cut off, however often', async () => {
    const slow = () =>
      new Promise<string>((resolve) => {
        const headers = {
          'content-type': 'application/json',
          'content-length': '1000',
          authorization: `Bearer ${token}`,
        };
        const asked = request(`${it.house.platformUrl}/graphql`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(`answered ${response.statusCode ?? 0}`);
        });
        asked.on('error', () => resolve('cut off'));
        asked.write('{"query":"');
      });
    const bombs = Array.from({ length: 50 }, slow);
    expect((await asks(at(), '{ genesis }')).data).toEqual({ genesis: it.house.deployment.genesis });
    const ends = await Promise.all(bombs);
    expect(ends.every((end) => end === 'cut off' || end === 'answered 408')).toBe(true);
  });

  test('over a socket, by the same bounds', async () => {
    const client = createClient({
      url: `${it.house.platformUrl.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const ask = (query: string) =>
      new Promise<unknown>((resolve) => {
        let said: unknown = null;
        client.subscribe({ query }, { next: (data) => (said = data), error: resolve, complete: () => resolve(said) });
      });
    expect(JSON.stringify(await ask(pages('first: 200')))).toContain('QUESTION_TOO_COSTLY');
    expect(await ask('{ genesis }')).toEqual({ data: { genesis: it.house.deployment.genesis } });
    await client.dispose();
  });

  test('of questions in a row: told when to come again, and others are not held up', async () => {
    const { token: other } = await sessionOf(it, 'clara');
    const all = await Promise.all(Array.from({ length: 150 }, () => send(question('{ genesis }'))));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(20);
    expect(refused[0]?.codes).toEqual(['RATE_LIMITED']);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await asks({ ...at(), token: other }, '{ genesis }')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await send(question('{ genesis }'))).status).toBe(200);
  });
});

describe('a trusted document', () => {
  test('is asked by its hash alone; one that nobody knows is refused', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const known = await fetch(`${it.house.platformUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ documentId: idOf(KNOWN) }),
    });
    expect(await known.json()).toEqual({
      data: { genesis: it.house.deployment.genesis, viewer: { subject: 'person:P-RITA' } },
    });
    const unknown = await send(JSON.stringify({ documentId: idOf('{ genesis }') }));
    expect([unknown.status, unknown.codes]).toEqual([400, ['DOCUMENT_UNKNOWN']]);
  });
});

describe('the audits of graphql-http', () => {
  const audits = serverAudits({
    url: () => `${it.house.platformUrl}/graphql`,
    // A browser of another origin cannot send this header: without it a GET is refused (CSRF).
    fetchFn: async (url: string, init: RequestInit = {}) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return fetch(url, {
        ...init,
        headers: {
          ...(init.headers as Record<string, string>),
          'apollo-require-preflight': 'yes',
          authorization: `Bearer ${token}`,
        },
      });
    },
  });
  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});
