/** Role × operation over the real API, every cell in both directions: who may is let in, and nobody else is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLInputType,
  buildClientSchema,
  getIntrospectionQuery,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  getNamedType,
  type IntrospectionQuery,
} from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { DEVICE_ROLES, type Role } from '#apps/platform/src/caller.ts';
import { FIELD_PERMISSIONS, type OperationType, PERMISSIONS, type Rule } from '#apps/platform/src/permissions.ts';
import { OPERATOR_ROLES } from '#libs/kernel/operator-roles.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { asks } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let url: string;
let operations: ReadonlyMap<string, string>;
const tokens = new Map<Role | 'nobody', string | undefined>([['nobody', undefined]]);

const ONE_OF: Readonly<Record<(typeof OPERATOR_ROLES)[number], Who>> = {
  requester: 'clara',
  approver: 'anna',
  custodian: 'dora',
  technician: 'tom',
  auditor: 'rita',
  administrator: 'ada',
};
const CALLERS = [...OPERATOR_ROLES, ...DEVICE_ROLES, 'nobody'] as const;
const CELLS = (Object.keys(PERMISSIONS) as OperationType[]).flatMap((type) =>
  Object.keys(PERMISSIONS[type]).flatMap((name) => CALLERS.map((caller) => [type, name, caller] as const)),
);

/** A question that comes to an instance of the type. */
const LEADS_TO: Readonly<Record<string, { readonly operation: string; readonly question: string }>> =
  Object.fromEntries(
    (
      [
        ['Event', 'events', ['data', 'proof']],
        ['Order', 'orders', ['events']],
        ['SecurityModule', 'securityModules', ['events']],
        ['ChipCard', 'chipCards', ['events']],
        ['Certificate', 'certificates', ['events']],
        ['Station', 'stations', ['events', 'credential']],
        ['Unit', 'units', ['events', 'credential']],
        ['Operator', 'operators', ['credential', 'credentials']],
        ['Names', 'names', ['persons', 'machines']],
      ] as const
    ).flatMap(([type, operation, fields]) =>
      fields.map((field) => [
        `${type}.${field}`,
        { operation, question: type === 'Names' ? 'names { * }' : `${operation}(first: 1) { edges { node { * } } }` },
      ]),
    ),
  );
const INNER: Readonly<Record<string, string>> = {
  events: 'events(first: 1) { edges { cursor } }',
  proof: 'proof { index }',
  persons: 'persons { person }',
  machines: 'machines { serial }',
};
const FIELD_CELLS = Object.keys(FIELD_PERMISSIONS).flatMap((path) => CALLERS.map((caller) => [path, caller] as const));

const as = (token: string | undefined) => (token === undefined ? { url } : { url, token });

beforeAll(async () => {
  it = await houseInProcess();
  url = it.house.platformUrl;
  await tellStory(it.world);
  for (const role of OPERATOR_ROLES) tokens.set(role, (await sessionOf(it, ONE_OF[role], { roles: [role] })).token);
  const { places, genesis: aud } = it.house.deployment;
  const devices = {
    unit: [`unit:${UNIT}`, places.unit.credential],
    station: [`station:${STATION}`, places.station.credential],
    headquarters: ['headquarters:HQ', places.headquarters.leaseKey],
  } as const;
  const exp = it.world.clock.seconds() + 2 * BEARER_LIFE - 1;
  for (const role of DEVICE_ROLES) {
    const [sub, file] = devices[role];
    tokens.set(role, bearerToken({ aud, exp, sub }, keyAt(file, 'P-256')));
  }
  operations = await operationsOf();
}, 180_000);

afterAll(() => it?.close());

/** Every operation of the schema as a whole question, its needed arguments filled with what fits their type. */
async function operationsOf(): Promise<ReadonlyMap<string, string>> {
  const { data } = await asks(as(tokens.get('auditor')), getIntrospectionQuery());
  const introspected: unknown = data;
  const schema = buildClientSchema(introspected as IntrospectionQuery);
  const roots = {
    Query: schema.getQueryType(),
    Mutation: schema.getMutationType(),
    Subscription: schema.getSubscriptionType(),
  };
  const all = Object.entries(roots).flatMap(([type, root]) =>
    Object.values(root?.getFields() ?? {}).map((field): [string, string] => [
      `${type}.${field.name}`,
      `${type.toLowerCase()} { ${field.name}${argumentsOf(field)}${selectionOf(field)} }`,
    ]),
  );
  return new Map(all);
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>): string {
  const needed = args.filter(({ type }) => isNonNullType(type));
  return needed.length === 0 ? '' : `(${needed.map(({ name, type }) => `${name}: ${literalOf(type)}`).join(', ')})`;
}

function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type))
    return `{ ${Object.values(type.getFields())
      .filter((field) => isNonNullType(field.type))
      .map((field) => `${field.name}: ${literalOf(field.type)}`)
      .join(', ')} }`;
  return type.name === 'Int' ? '1' : type.name === 'Boolean' ? 'true' : '"x"';
}

function selectionOf({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  return named.name === 'Outcome' ? ' { __typename ... on Refusal { code } }' : ' { __typename }';
}

const TURNED_AWAY = ['FORBIDDEN', 'SIGN_IN_NEEDED'];

/** The code with which the caller was turned away at the door; null where he got in. */
async function turnedAway(type: OperationType, name: string, token: string | undefined): Promise<string | null> {
  const question = operations.get(`${type}.${name}`) ?? '';
  if (type === 'Subscription') return subscribed(question, token);
  const { data, codes } = await asks(as(token), question);
  const outcome = data?.[name] as { code?: string } | null | undefined;
  return [...codes, outcome?.code ?? ''].find((code) => TURNED_AWAY.includes(code)) ?? null;
}

async function subscribed(query: string, token: string | undefined): Promise<string | null> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  });
  const refused = new Promise<string>((resolve) => {
    client.subscribe(
      { query },
      {
        next: ({ errors }) => void (errors !== undefined && resolve(String(errors[0]?.extensions?.['code']))),
        error: (error) => resolve(String((error as { extensions?: { code?: string } }[])[0]?.extensions?.code)),
        complete: () => undefined,
      },
    );
  });
  // Over the same socket, in the same order: once this is answered, the subscription was admitted or refused.
  const answered = (async () => {
    for await (const _ of client.iterate({ query: '{ signInChallenge { genesis } }' })) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return null;
  })();
  const code = await Promise.race([refused, answered]);
  await client.dispose();
  return code;
}

describe('role × operation', () => {
  test('schema and table name the same operations', () => {
    const rows = (Object.keys(PERMISSIONS) as OperationType[]).flatMap((type) =>
      Object.keys(PERMISSIONS[type]).map((name) => `${type}.${name}`),
    );
    expect([...operations.keys()].sort()).toEqual(rows.sort());
  });

  test.each(CELLS)('%s.%s by %s', async (type, name, caller) => {
    const rule = PERMISSIONS[type][name]!;
    const may = rule === 'anybody' || rule.some((role) => role === caller);
    const expected = may ? null : caller === 'nobody' ? 'SIGN_IN_NEEDED' : 'FORBIDDEN';
    expect(await turnedAway(type, name, tokens.get(caller))).toBe(expected);
  });

  test('every field with a row has a question that leads to it', () => {
    expect(Object.keys(FIELD_PERMISSIONS).sort()).toEqual(Object.keys(LEADS_TO).sort());
  });

  test.each(FIELD_CELLS)('field %s by %s', async (path, caller) => {
    const [type = '', field = ''] = path.split('.');
    const { operation, question } = LEADS_TO[path]!;
    const inner = INNER[field] ?? field;
    const { codes } = await asks(as(tokens.get(caller)), `{ ${question.replace('*', inner)} }`);
    const may = (rule: Rule): boolean => rule === 'anybody' || rule.some((role) => role === caller);
    const operationMay = may(PERMISSIONS.Query[operation]!);
    const expected = !operationMay || !may(FIELD_PERMISSIONS[path]!);
    expect([type, codes.some((code) => TURNED_AWAY.includes(code))]).toEqual([type, expected]);
  });

  test('a mutation that was turned away stands in the record, with who wanted it', async () => {
    const refused = (await it.events()).filter(({ type, data }) => {
      return type === 'OperationRefused' && (data as { stream: string }).stream === 'door';
    });
    expect(refused.map(({ metadata }) => metadata.actor)).toEqual(
      expect.arrayContaining(['person:P-RITA', `unit:${UNIT}`, `station:${STATION}`, 'headquarters:HQ', 'nobody']),
    );
  });
});
