/** From a key file, from a passkey, or from the token of a link, to a session. */
import type { Client } from '@urql/core';
import { SignIn, SignInChallenge, Viewer } from '../../app/shell.graphql.ts';
import { clientFor } from '../../api/client.ts';
import type { Session } from '../../api/session.ts';
import { openKeyFile } from '../../checks/key-file.ts';
import { signInProof } from '../../checks/passkey.ts';
import { type Proof, type Signs, byKey, signInWith } from '../../checks/statement.ts';
import { nowMs } from '../../clock.ts';
import { words } from '../../words/words.ts';

/** How long a session lasts, seconds. */
const LIFE = 3600;

interface Who {
  readonly operator: string;
  readonly roles: readonly string[];
}

interface Given extends Who {
  readonly file: File;
  readonly passphrase: string;
}

/** The session, or why there is none, in one sentence. */
export async function signInWithKeyFile(client: Client, it: Given): Promise<Session | string> {
  const key = await openKeyFile(await it.file.text(), it.passphrase);
  return typeof key === 'string' ? words.signIn.faults[key] : signIn(client, it, byKey(key));
}

/** As with a key file; the passkey is one for signing in, and asked about nothing else. */
export async function signInWithPasskey(client: Client, it: Who): Promise<Session | string> {
  try {
    return await signIn(client, it, signInProof);
  } catch {
    return words.signIn.faults.noAnswer; // the person cancelled, or the authenticator did
  }
}

async function signIn(client: Client, { operator, roles }: Who, signs: Signs<Proof | null>): Promise<Session | string> {
  const asked = await client.query(SignInChallenge, {}, { requestPolicy: 'network-only' }).toPromise();
  if (asked.data == null) return asked.error?.message ?? words.failed.title;
  const { challenge, genesis } = asked.data.signInChallenge;
  const until = Math.floor(nowMs() / 1000) + LIFE;
  const { token, statement, proof } = await signInWith(signs, { challenge, genesis, operator, roles, until });
  if (proof === null) return words.signIn.faults.noAnswer;
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
