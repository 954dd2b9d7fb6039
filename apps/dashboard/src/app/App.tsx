/** Signed in or not; and for whoever is, the page of the address inside the shell. */
import { Suspense, useEffect, useMemo } from 'react';
import { Provider } from 'urql';
import { clientFor } from '../api/client.ts';
import { begin, end, useSession } from '../api/session.ts';
import { SignInPage } from '../pages/sign-in/SignInPage.tsx';
import { sessionOfToken } from '../pages/sign-in/sign-in.ts';
import { NotFound } from '../parts/Notice.tsx';
import { Shell } from './Shell.tsx';
import { usePlace } from './place.ts';
import { pageAt } from './routes.ts';

export function App() {
  const session = useSession();
  const { client, close } = useMemo(() => clientFor(session?.token ?? null), [session?.token]);
  useEffect(() => close, [close]);
  useEffect(() => {
    if (session === null || session.operator !== '') return;
    void sessionOfToken(session.token).then((known) => (known === null ? end() : begin(known)));
  }, [session]);
  return <Provider value={client}>{session === null ? <SignInPage /> : <Room />}</Provider>;
}

function Room() {
  const { path } = usePlace();
  const found = pageAt(path);
  return (
    <Shell>
      <Suspense fallback={null}>{found === null ? <NotFound /> : <found.Page parts={found.parts} />}</Suspense>
    </Shell>
  );
}
