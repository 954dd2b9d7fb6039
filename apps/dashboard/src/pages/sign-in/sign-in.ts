/** From a key file, or from the token of a link, to a session. */
import type { Client } from '@urql/core';
import { SignIn, SignInChallenge, Viewer } from '../../app/shell.graphql.ts';
import { clientFor } from '../../api/client.ts';
import type { Session } from '../../api/session.ts';
import { openKeyFile } from '../../checks/key-file.ts';
import { signInWith } from '../../checks/statement.ts';
import { nowMs } from '../../clock.ts';
import { words } from '../../words/words.ts';

/** How long a session lasts, seconds. */
const LIFE = 3600;

interface Given {
  readonly file: File;
  readonly passphrase: string;
  readonly operator: string;
  readonly roles: readonly string[];
}

/** The session, or why there is none, in one sentence. */
export async function signInWithKeyFile(client: Client, it: Given): Promise<Session | string> {
  const key = await openKeyFile(await it.file.text(), it.passphrase);
  if (typeof key === 'string') return words.signIn.faults[key];
  const { operator, roles } = it;
  const asked = await client.query(SignInChallenge, {}, { requestPolicy: 'network-only' }).toPromise();
  if (asked.data == null) return asked.error?.message ?? words.failed.title;
  const { challenge, genesis } = asked.data.signInChallenge;
  const until = Math.floor(nowMs() / 1000) + LIFE;
  const { token, statement, proof } = await signInWith(key, { challenge, genesis, operator, roles, until });
  const told = await client.mutation(SignIn, { id: crypto.randomUUID(), statement, proof: { ...proof } }).toPromise();
  if (told.data == null) return told.error?.message ?? words.failed.title;
  const { outcome } = told.data;
  if (outcome.__typename === 'Refusal') return `${outcome.code}: ${outcome.message}`;
  return { token, operator, roles, until };
}

/** Whose session a token is; null where it has ended. */
export async function sessionOfToken(token: string): Promise<Session | null> {
  const { client, close } = clientFor(token);
  const { data } = await client.query(Viewer, {}).toPromise();
  close();
  return data == null
    ? null
    : {
        token,
        operator: data.viewer.subject.replace(/^person:/, ''),
        roles: data.viewer.roles,
        until: data.viewer.until,
      };
}
