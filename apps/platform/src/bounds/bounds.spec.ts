/** The bounds by themselves: what a question costs, who asks too often, and which documents are trusted. */
import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, graphql, parse } from 'graphql';
import { SearchTooSlow } from '#libs/views/sqlite/search-threads.ts';
import { withoutDetails } from './apollo-bounds.ts';
import { costOf } from './question-cost.ts';
import { Rate } from './rate.ts';
import { withTime } from './time.ts';
import { idOf, meant } from './trusted-documents.ts';

const schema = buildSchema(`
  type Query { one: String things(first: Int, last: Int): ThingConnection list: [Thing!]! slow: String }
  type ThingConnection { edges: [ThingEdge!]! pageInfo: Info }
  type ThingEdge { node: Thing }
  type Thing { name: String things(first: Int): ThingConnection }
  type Info { more: Boolean }
`);

function cost(query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return costOf({ schema, document, operation, variables });
}

describe('the cost of a question', () => {
  test.each<[string, Record<string, unknown>, number]>([
    ['{ one }', {}, 1],
    ['{ a: one b: one }', {}, 2],
    ['{ things(first: 5) { edges { node { name } } } }', {}, 1 + 5 * 3],
    ['{ things { edges { node { name } } } }', {}, 1 + 50 * 3],
    ['query($n: Int) { things(last: $n) { edges { node { name } } } }', { n: 7 }, 1 + 7 * 3],
    ['{ things(first: 100000) { edges { node { name } } } }', {}, 1 + 200 * 3],
    [
      '{ things(first: 2) { edges { node { things(first: 3) { edges { node { name } } } } } } }',
      {},
      1 + 2 * (2 + 1 + 3 * 3),
    ],
    ['{ list { name } }', {}, 1 + 10],
    ['{ ...a } fragment a on Query { things(first: 4) { pageInfo { more } } }', {}, 1 + 4 * 2],
    ['{ __schema { types { fields { name } } } }', {}, 0],
  ])('%s with %j', (query, variables, expected) => {
    expect(cost(query, variables)).toBe(expected);
  });
});

describe('a rate', () => {
  test('lets a burst through, then so many a second, each caller by himself', () => {
    const rate = new Rate({ burst: 3, perSecond: 2 });
    expect([0, 0, 0].map((now) => rate.take('a', now))).toEqual([null, null, null]);
    expect(rate.take('a', 0)).toMatchObject({ refusal: { code: 'RATE_LIMITED' }, retryAfter: 1 });
    expect(rate.take('b', 0)).toBeNull();
    expect(rate.take('a', 500)).toBeNull();
    expect(rate.take('a', 600)).not.toBeNull();
    expect([0, 0, 0, 0].map(() => rate.take('a', 60_000) === null)).toEqual([true, true, true, false]);
  });
});

describe('trusted documents', () => {
  const byId = new Map([[idOf('{ one }'), '{ one }']]);
  test.each<[boolean, boolean, string | null, string | null, unknown]>([
    [true, true, null, '{ one }', '{ one }'],
    [true, true, null, '{ other }', { code: 'DOCUMENT_NOT_TRUSTED' }],
    [true, false, null, '{ other }', '{ other }'],
    [false, true, null, '{ other }', '{ other }'],
    [true, true, idOf('{ one }'), null, '{ one }'],
    [false, true, idOf('{ other }'), null, { code: 'DOCUMENT_UNKNOWN' }],
  ])('only these %s, asked by a person %s, id %s, question %s', (only, byPerson, id, query, expected) => {
    const found = meant({ byId, only }, { id, query, byPerson });
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected as object);
  });
});

describe('what is told', () => {
  test('of what broke inside: nothing; of what the caller did: all of it', () => {
    const inside = {
      message: 'SQLITE_ERROR at /srv/x',
      path: ['a'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['/srv/x'] },
    };
    expect(JSON.stringify(withoutDetails(inside))).not.toMatch(/SQLITE|srv/);
    const own = { message: 'A page has from 1 to 200 entries.', extensions: { code: 'BAD_PAGE' } };
    expect(withoutDetails(own)).toBe(own);
  });

  test('of an answer that takes too long: so, and the rest is there', async () => {
    const timed = buildSchema('type Query { one: String slow: String }');
    const fields = timed.getQueryType()?.getFields();
    if (fields?.slow === undefined) throw new Error('no field');
    fields.slow.resolve = () => new Promise(() => undefined);
    const contextValue = { deadline: performance.now() + 30 };
    const said = await graphql({
      schema: withTime(timed, 30),
      source: '{ one slow }',
      rootValue: { one: '1' },
      contextValue,
    });
    expect(said).toMatchObject({
      data: { one: '1', slow: null },
      errors: [{ extensions: { code: 'QUESTION_TOO_SLOW' } }],
    });
  });

  test('of a search that takes too long: the same, in production as well, while what else was asked is there', async () => {
    const fields = { one: () => '1', slow: () => Promise.reject(new SearchTooSlow('The search took too long.')) };
    const { data, errors } = await graphql({ schema, source: '{ one slow }', rootValue: fields });
    expect(data).toEqual({ one: '1', slow: null });
    expect(errors?.map((error) => withoutDetails(error.toJSON()))).toMatchObject([
      { message: 'The search took too long.', path: ['slow'], extensions: { code: 'QUESTION_TOO_SLOW' } },
    ]);
  });
});
