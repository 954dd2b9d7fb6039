/** Who calls: a device by the bearer token it signs itself, a person by the token of his session, or nobody. Never by an approval key. */
import { checkBearer } from '#libs/platform-client/bearer.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { isSessionToken, sessionOf } from '#libs/kernel/sign-in.ts';
import type { Facts } from './board-facts.ts';

export const DEVICE_ROLES = ['unit', 'station', 'headquarters'] as const;

export type Role = OperatorRole | (typeof DEVICE_ROLES)[number];

export interface Caller {
  /** Pseudonym of the person, name of the device. */
  readonly id: string;
  /** `person:P-CLARA`, `unit:U-7`; `nobody` for who sent no token. */
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Of a person: the hash of his token. */
  readonly session: string | null;
}

export const NOBODY: Caller = { id: '', subject: 'nobody', roles: [], session: null };

const BAD_TOKEN = refuse('BEARER_REFUSED', 'Only bearer tokens are taken here; sign in for one.');
const NO_SESSION = refuse('SESSION_OVER', 'This session is over, or never was one; sign in again.');

/** Reads `Authorization: Bearer …`; an absent header is nobody, a bad one is refused. */
export function callerOf(facts: Facts, authorization: string | undefined, now: Seconds): Caller | Refusal {
  if (authorization === undefined || authorization === '' || authorization === 'Bearer ') return NOBODY;
  if (!authorization.startsWith('Bearer ')) return BAD_TOKEN;
  const token = authorization.slice('Bearer '.length);
  return isSessionToken(token) ? personOf(facts, token, now) : deviceOf(facts, token, now);
}

function personOf(facts: Facts, token: string, now: Seconds): Caller | Refusal {
  const session = sessionOf(token);
  const open = facts.signIns.get(session);
  if (open === undefined || open.until < now) return NO_SESSION;
  return { id: open.operator, subject: `person:${open.operator}`, roles: open.roles, session };
}

function deviceOf(facts: Facts, token: string, now: Seconds): Caller | Refusal {
  const claims = checkBearer(token, {
    genesis: facts.genesis,
    now,
    credentialOf: (subject) => credentialOf(facts, subject),
  });
  if (isRefusal(claims)) return claims;
  const [role, id] = split(claims.sub);
  const known = DEVICE_ROLES.find((one) => one === role);
  return known === undefined ? NOBODY : { id, subject: claims.sub, roles: [known], session: null };
}

function split(subject: string): readonly [string, string] {
  const at = subject.indexOf(':');
  return [subject.slice(0, at), subject.slice(at + 1)];
}

/** The key on record for `unit:…`, `station:…` or `headquarters:…`. */
export function credentialOf(facts: Facts, subject: string): PublicJwk | null {
  const [role, id] = split(subject);
  switch (role) {
    case 'unit':
      return facts.units.get(id) ?? null;
    case 'station':
      return facts.stations.get(id)?.credential ?? null;
    case 'headquarters':
      return facts.founding?.leaseKey ?? null;
    default:
      return null;
  }
}
