/** The way to the platform: GraphQL over POST, subscriptions over a socket, both with the session's token. */
import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { answered, lost } from './connection.ts';
import { end } from './session.ts';

/** W3C Trace Context: whatever follows from a click can be found under one id, where the platform traces. */
function traceparent(): string {
  const hex = (octets: number): string =>
    Array.from(crypto.getRandomValues(new Uint8Array(octets)), (octet) => octet.toString(16).padStart(2, '0')).join('');
  return `00-${hex(16)}-${hex(8)}-01`;
}

const SIGNED_OUT = ['SIGN_IN_NEEDED', 'SESSION_UNKNOWN', 'SESSION_ENDED', 'UNAUTHENTICATED'];
const RETRY_MS = { first: 500, most: 10_000 } as const;

export function clientFor(token: string | null): { readonly client: Client; readonly close: () => void } {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const socket = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: authorization,
    lazy: true,
    retryAttempts: Number.MAX_SAFE_INTEGER,
    shouldRetry: () => true,
    retryWait: (tries) =>
      new Promise((wake) => setTimeout(wake, Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(tries, 6)))),
    on: { connected: answered, closed: (event) => (wasClean(event) ? undefined : lost()) },
  });
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetchOptions: () => ({ headers: { ...authorization, traceparent: traceparent() } }),
    exchanges: [
      mapExchange({
        onResult: ({ error, operation }) => {
          if (operation.kind === 'subscription') return;
          if (error?.networkError !== undefined && error.response === undefined) lost();
          else answered();
          if (error?.graphQLErrors.some(({ extensions }) => SIGNED_OUT.includes(String(extensions['code'])))) end();
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: { ...variables } },
              {
                next: ({ data = null, errors = [] }) =>
                  sink.next({ data, ...(errors.length > 0 ? { errors: [...errors] } : {}) }),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
  return { client, close: () => void socket.dispose() };
}

function wasClean(event: unknown): boolean {
  return event instanceof CloseEvent && event.code === 1000;
}
