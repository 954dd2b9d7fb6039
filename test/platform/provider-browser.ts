/** What the page of signing in does in a browser, step by step, so that each step can be done otherwise. */
import { createHash } from 'node:crypto';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { randomOctets, uuidv7 } from '#libs/kernel/ids.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { nonceOf, providerSignInText, stateOf } from '#libs/kernel/provider-sign-in.ts';
import { sessionOf } from '#libs/kernel/sign-in.ts';
import { asks } from '#test/kit/graphql.ts';
import { OUTCOME } from './people.ts';

export interface Begun {
  readonly id: string;
  readonly token: string;
  readonly statement: string;
  readonly verifier: string;
  /** The query that came back. */
  readonly answer: string;
}

interface Offer {
  readonly challenge: string;
  readonly genesis: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly authorizationEndpoint: string;
}

const OFFER = '{ signInProvider { issuer challenge genesis clientId redirectUri authorizationEndpoint } }';

export async function offered(url: string): Promise<Offer | null> {
  const { data } = await asks({ url }, OFFER);
  return (data?.['signInProvider'] ?? null) as Offer | null;
}

/** To the provider and back. */
export async function begun(url: string, roles: readonly OperatorRole[], life = 600): Promise<Begun> {
  const offer = await offered(url);
  if (offer === null) throw new Error('no provider');
  const [token, verifier] = [toBase64url(randomOctets(32)), toBase64url(randomOctets(32))];
  const { challenge, genesis } = offer;
  const until = Math.floor(Date.now() / 1000) + life;
  const statement = providerSignInText({ challenge, genesis, roles, session: sessionOf(token), until });
  const to = new URL(offer.authorizationEndpoint);
  const asked = {
    response_type: 'code',
    scope: 'openid',
    client_id: offer.clientId,
    redirect_uri: offer.redirectUri,
    nonce: nonceOf(statement),
    state: stateOf(statement),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) to.searchParams.set(name, value);
  const back = await fetch(to, { redirect: 'manual' });
  const answer = new URL(back.headers.get('location') ?? '').search.slice(1);
  return { id: uuidv7(), token, statement, verifier, answer };
}

export async function finished(url: string, it: Omit<Begun, 'token'>): Promise<Record<string, unknown>> {
  const { id, statement, answer, verifier } = it;
  const { data } = await asks(
    { url },
    `mutation($id: ID!, $statement: String!, $answer: String!, $verifier: String!) {
      outcome: signInByProvider(id: $id, statement: $statement, answer: $answer, verifier: $verifier) { ${OUTCOME} }
    }`,
    { id, statement, answer, verifier },
  );
  return (data?.['outcome'] ?? {}) as Record<string, unknown>;
}
