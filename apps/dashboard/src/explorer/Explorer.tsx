/** GraphiQL with our session and our first question; questions go over POST, subscriptions over a socket. */
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { useMemo } from 'react';
import { useSession } from '../api/session.ts';
import { words } from '../words/words.ts';
import { FIRST_QUESTION } from './first-question.ts';

export function Explorer() {
  const session = useSession();
  const token = session?.token ?? null;
  const fetcher = useMemo(() => fetcherFor(token), [token]);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={FIRST_QUESTION}
      forcedTheme={document.documentElement.dataset['mantineColorScheme'] === 'dark' ? 'dark' : 'light'}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <a href="/">{words.product}</a>{' '}
        {session === null ? <a href="/">{words.explorer.signIn}</a> : <span>{session.operator}</span>}
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

function fetcherFor(token: string | null) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const url = `${location.origin.replace(/^http/, 'ws')}/graphql`;
  const wsClient = createClient({ url, connectionParams: headers, lazy: true });
  return createGraphiQLFetcher({ url: '/graphql', headers, wsClient });
}
