/** GraphQL over HTTP as its specification has it: status codes, media types, methods; and every question bounded. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let url: string;
let token: string;

beforeAll(async () => {
  it = await houseInProcess();
  url = `${it.house.platformUrl}/graphql`;
  ({ token } = await sessionOf(it, 'rita'));
}, 180_000);

afterAll(() => it?.close());

const RESPONSE = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

interface Sent {
  readonly body?: string;
  readonly method?: string;
  readonly accept?: string;
  readonly type?: string;
  readonly search?: string;
}

const send = async ({ body, method = 'POST', accept = RESPONSE, type = JSON_TYPE, search = '' }: Sent) => {
  const response = await fetch(`${url}${search}`, {
    method,
    headers: { accept, authorization: `Bearer ${token}`, ...(type === '' ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
};
const deep = (levels: number): string =>
  `{ __type(name: "Work") { ${'ofType { '.repeat(levels - 2)} name ${'} '.repeat(levels - 2)} } }`;
const query = (text: string): string => JSON.stringify({ query: text });

describe('GraphQL over HTTP', () => {
  test.each([
    ['a question', { body: query('{ genesis }') }, 200],
    ['a question of ten fields in depth', { body: query(deep(10)) }, 200],
    ['no JSON', { body: '{ genesis' }, 400],
    ['nothing', { body: '' }, 400],
    ['JSON without a question', { body: '{}' }, 400],
    ['a list', { body: '[]' }, 400],
    ['a question that is none', { body: query('{ genesis') }, 400],
    ['a question for what is not there', { body: query('{ nobody }') }, 400],
    ['variables that are no object', { body: JSON.stringify({ query: '{ genesis }', variables: 'x' }) }, 400],
    [
      'a variable of another type',
      { body: JSON.stringify({ query: 'query($id: ID!) { order(id: $id) { id } }', variables: {} }) },
      400,
    ],
    ['text', { body: query('{ genesis }'), type: 'text/plain' }, 415],
    ['a form', { body: 'query={genesis}', type: 'application/x-www-form-urlencoded' }, 415],
    ['a body that is too long', { body: query(`{ genesis } #${'x'.repeat(300_000)}`) }, 413],
    ['no method that asks', { body: query('{ genesis }'), method: 'PUT' }, 405],
  ] satisfies [string, Sent, number][])('%s is answered with its status', async (_what, sent, status) => {
    const answer = await send(sent);
    expect([answer.status, answer.text.includes('    at ')]).toEqual([status, false]);
  });

  test.each([
    [RESPONSE, RESPONSE],
    [JSON_TYPE, JSON_TYPE],
    ['*/*', JSON_TYPE],
  ])('who accepts %s gets it', async (accept, type) => {
    const answer = await send({ body: query('{ genesis }'), accept });
    expect(answer.type).toContain(type);
    expect(JSON.parse(answer.text)).toEqual({ data: { genesis: it.house.deployment.genesis } });
  });

  test('GET asks, and never changes anything', async () => {
    const before = (await it.events()).length;
    const asked = await send({ method: 'GET', search: '?query={genesis}' });
    expect([asked.status, JSON.parse(asked.text)]).toEqual([200, { data: { genesis: it.house.deployment.genesis } }]);
    const mutation = 'mutation{signOut(id:"00000000-0000-4000-8000-000000000000"){__typename}}';
    const refused = await send({ method: 'GET', search: `?query=${encodeURIComponent(mutation)}` });
    expect(refused.status).toBe(405);
    expect((await it.events()).length).toBe(before);
  });

  test('a page of somebody else cannot ask in a visitor’s name', async () => {
    const response = await fetch(`${url}?query={genesis}`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('CSRF');
  });

  test.each([
    ['too deep', deep(15)],
    ['with too many aliases', `{ ${Array.from({ length: 40 }, (_, n) => `a${n}: genesis`).join(' ')} }`],
    ['with too many words', `{ ${'genesis '.repeat(3000)} }`],
  ])('a question %s is a 400', async (_how, text) => {
    expect((await send({ body: query(text) })).status).toBe(400);
  });

  test('a request that never ends holds nobody up', async () => {
    const half = request(url, { method: 'POST', headers: { 'content-type': JSON_TYPE, 'content-length': '1000' } });
    half.on('error', () => undefined);
    half.write('{');
    expect((await send({ body: query('{ genesis }') })).status).toBe(200);
    half.destroy();
  });
});
