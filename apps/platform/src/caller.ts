/** Who calls: a device by its own bearer token, headquarters by the lease key, or nobody. Never by an approval key. */
import { checkBearer } from '#libs/platform-client/bearer.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts } from './board-facts.ts';

export interface Caller {
  readonly role: 'unit' | 'station' | 'headquarters' | 'nobody';
  readonly id: string;
}

export const NOBODY: Caller = { role: 'nobody', id: '' };

/** Reads `Authorization: Bearer …`; an absent header is nobody, a bad one is refused. */
export function callerOf(facts: Facts, authorization: string | undefined, now: Seconds): Caller | Refusal {
  if (authorization === undefined || authorization === '' || authorization === 'Bearer ') return NOBODY;
  if (!authorization.startsWith('Bearer ')) return refuse('BEARER_REFUSED', 'Only bearer tokens are taken here.');
  const token = authorization.slice('Bearer '.length);
  const claims = checkBearer(token, {
    genesis: facts.genesis,
    now,
    credentialOf: (subject) => credentialOf(facts, subject),
  });
  if (isRefusal(claims)) return claims;
  const [role, id] = split(claims.sub);
  return role === 'unit' || role === 'station' || role === 'headquarters' ? { role, id } : NOBODY;
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
