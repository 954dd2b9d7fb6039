/** Callers of a platform under test: GraphQL over plain fetch, as anybody could write it, and people with their credentials. */
import { createPublicKey } from 'node:crypto';
import type { HouseInProcess } from '#test/journeys/house-in-process.ts';
import { CAST, type Who } from '#apps/keyledger/src/demo/people.ts';
import { type Session, type SigningIn, signIn } from '#libs/platform-client/sign-in.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { publicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';

export interface Told {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | null;
  /** Codes of the errors. */
  readonly codes: readonly string[];
}

export async function ask(
  url: string,
  query: string,
  { token, variables }: { token?: string | undefined; variables?: object } = {},
): Promise<Told> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as {
    data?: Record<string, unknown> | null;
    errors?: { extensions?: { code?: string } }[];
  };
  return { status: response.status, data, codes: errors.map(({ extensions }) => extensions?.code ?? '') };
}

export const OUTCOME =
  '__typename ... on Receipt { stream revision position replayed } ... on Refusal { code message }';

export function signInAs(it: HouseInProcess, who: Who, change: Partial<SigningIn> = {}): Promise<Session | Refusal> {
  const { house } = it;
  const { id: operator, signIn: key } = house.deployment.people.person(who);
  const pinned = { url: house.platformUrl, genesis: house.deployment.genesis };
  return signIn({ ...pinned, operator, roles: CAST[who].roles, key, clock: systemClock, ...change });
}

export async function sessionOf(it: HouseInProcess, who: Who, change: Partial<SigningIn> = {}): Promise<Session> {
  const session = await signInAs(it, who, change);
  if (isRefusal(session)) throw new Error(session.code);
  return session;
}

export function jwkOf(it: HouseInProcess, who: Who) {
  return publicJwk(createPublicKey(it.house.deployment.people.person(who).signIn));
}
