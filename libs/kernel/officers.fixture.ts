/** Officers with real approval keys, and approver sets made of them, for the specs. */
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { PINNED, asserts } from '#module-emulator/adversary/authenticator.ts';
import type { ApprovalKey, ApproverSet, Person, PolicyRule } from './approver-set.ts';
import { APPROVER_SET_DOMAIN, NO_PREVIOUS_SET } from './approver-set.ts';
import { type Proof, type StatementType, signDetached } from './detached-jws.ts';
import { publicJwk, thumbprint } from './hash.ts';

export interface HeldKey {
  readonly privateKey: KeyObject;
  readonly public: ApprovalKey;
  readonly kid: string;
}

export interface Officer {
  readonly id: string;
  readonly roles: Person['roles'];
  readonly keys: readonly HeldKey[];
}

/** `P` is a passkey: class B, with the page pinned that may ask it. */
export function heldKey(keyClass: 'A' | 'B' | 'P' = 'A'): HeldKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y = '', ...jwk } = publicJwk(publicKey);
  const point = { crv: 'P-256', kty: 'EC', x, y } as const;
  const held = keyClass === 'P' ? ({ ...point, class: 'B', passkey: PINNED } as const) : { ...point, class: keyClass };
  return { privateKey, public: held, kid: thumbprint({ ...jwk, x, y }) };
}

/** `classes`: one letter per key, so that `'AA'` is a person with two keys. */
export function officer(
  id: string,
  roles: Person['roles'] = ['approver'],
  classes: 'A' | 'B' | 'P' | 'AA' | 'AB' | 'AP' = 'A',
): Officer {
  return { id, roles, keys: [...classes].map((one) => heldKey(one as 'A' | 'B' | 'P')) };
}

export function rule(kind: PolicyRule['kind'], changes: Partial<PolicyRule> = {}): PolicyRule {
  return { kind, site: 'any', moduleClass: 'any', persons: 2, classA: 2, ...changes };
}

export function setOf(
  officers: readonly Officer[],
  policy: readonly PolicyRule[],
  changes: Partial<ApproverSet> = {},
): ApproverSet {
  const persons = officers.map(({ id, roles, keys }) => ({ id, roles, keys: keys.map((key) => key.public) }));
  return { domain: APPROVER_SET_DOMAIN, version: 1, previous: NO_PREVIOUS_SET, persons, policy, ...changes };
}

/** What the officer signs with his key at `keyAt`; an approval unless another type is named. */
export function signs(
  who: Officer,
  bytes: Uint8Array,
  by: { readonly keyAt?: number; readonly type?: StatementType } = {},
): Proof {
  const key = who.keys[by.keyAt ?? 0];
  if (key === undefined) throw new Error('the officer has no such key');
  if ('passkey' in key.public)
    return asserts(key.privateKey, { bytes, pinned: key.public.passkey, ...(by.type ? { type: by.type } : {}) });
  return signDetached(by.type ?? 'keyledger-approval+jws', bytes, key.privateKey);
}
