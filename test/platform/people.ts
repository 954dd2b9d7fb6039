/** People who call a platform under test, with their credentials. */
import { createPublicKey } from 'node:crypto';
import type { HouseInProcess } from '#test/journeys/house-in-process.ts';
import { CAST, type Who } from '#apps/keyledger/src/demo/people.ts';
import { type Session, type SigningIn, signIn } from '#libs/platform-client/sign-in.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { publicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';

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
