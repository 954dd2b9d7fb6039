/** Questions over a socket in production: nobody looks the schema up, and people ask trusted documents alone where that is said. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { systemClock } from '#libs/kernel/clock.ts';
import { sessionOf } from '#libs/kernel/sign-in.ts';
import { emptyMemory } from './board-facts.ts';
import { LIMITS } from './bounds/limits.ts';
import { Rate } from './bounds/rate.ts';
import { idOf } from './bounds/trusted-documents.ts';
import { takeSockets } from './sockets.ts';

const TRUSTED = '{ one }';
const token = Buffer.alloc(32, 7).toString('base64url');
let server: Server;
let close: () => Promise<void>;
const lines: string[] = [];

beforeAll(async () => {
  server = createServer();
  const facts = emptyMemory();
  facts.signIns.set(sessionOf(token), { operator: 'P-1', roles: ['auditor'], until: systemClock.seconds() + 60 });
  const documents = { only: true, byId: new Map([[idOf(TRUSTED), TRUSTED]]) };
  const bounds = { limits: LIMITS, rate: new Rate({ burst: 5, perSecond: 1 }), documents, hidden: true };
  const schema = buildSchema('type Query { one: String two: String }');
  const say = (line: string): void => void lines.push(line);
  const sources = { board: { facts }, clock: systemClock, together: null };
  close = takeSockets(server, { schema, sources, bounds, say });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterAll(async () => {
  await close();
  server.close();
});

async function asks(query: string, as: string | null): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(as === null ? {} : { connectionParams: { authorization: `Bearer ${as}` } }),
  });
  const said = await new Promise<unknown>((resolve) => {
    let answer: unknown = null;
    client.subscribe({ query }, { next: (data) => (answer = data), error: resolve, complete: () => resolve(answer) });
  });
  await client.dispose();
  return said;
}

describe('over a socket', () => {
  test('the schema is nothing that is looked up', async () => {
    expect(JSON.stringify(await asks('{ __schema { types { name } } }', null))).toContain('introspection');
  });

  test('a person asks what is trusted, and nothing else', async () => {
    expect(await asks(TRUSTED, token)).toEqual({ data: { one: null } });
    expect(JSON.stringify(await asks('{ two }', token))).toContain('DOCUMENT_NOT_TRUSTED');
    expect(await asks('{ two }', null)).toEqual({ data: { two: null } });
  });

  test('who asks too often is told so', async () => {
    const said = await Promise.all(Array.from({ length: 8 }, () => asks(TRUSTED, token)));
    expect(JSON.stringify(said)).toContain('RATE_LIMITED');
  });

  test('a frame that is too long ends its socket and is one line of the house, however often it comes', async () => {
    const { port } = server.address() as AddressInfo;
    const [written, write] = [[] as unknown[], console.error];
    console.error = (...what: unknown[]): void => void written.push(what);
    try {
      for (let count = 0; count < 3; count += 1) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
        await new Promise((open) => socket.once('open', open));
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.send('a'.repeat(70_000));
        expect(await closed).toBe(1009);
      }
    } finally {
      console.error = write;
    }
    expect(lines).toEqual(['a socket was cut off: WS_ERR_UNSUPPORTED_MESSAGE_LENGTH']);
    expect(written).toEqual([]);
  });
});
