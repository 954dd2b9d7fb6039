/** The persons of an emulated bank, their approval keys lying open: whatever an attacker stole of them, he can sign with. */
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import {
  APPROVER_SET_DOMAIN,
  type ApprovalKey,
  type ApproverSet,
  NO_PREVIOUS_SET,
  type Person,
  type PolicyRule,
} from '#libs/kernel/approver-set.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type Proof, type StatementType, signDetached } from '#libs/kernel/detached-jws.ts';
import { publicHalf, publicJwk, spkiOf } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { PINNED, asserts } from './authenticator.ts';

export interface HeldKey {
  readonly privateKey: KeyObject;
  /** `P` is a passkey: class B, with the page pinned that may ask it. */
  readonly keyClass: 'A' | 'B' | 'P';
}

export interface Officer {
  readonly id: string;
  readonly roles: Person['roles'];
  readonly keys: readonly HeldKey[];
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function spkiOfPrivate(key: KeyObject): Uint8Array {
  return spkiOf(publicHalf(key));
}

/** Octets of an id that was made here. */
export function octetsOf(id: string): Uint8Array {
  const octets = fromBase64url(id);
  if (octets === null) throw new Error('an id is base64url');
  return octets;
}

/** For steps that an attack takes for granted. */
export function orThrow<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

export function officer(id: string, roles: Person['roles'], classes: readonly ('A' | 'B' | 'P')[]): Officer {
  return { id, roles, keys: classes.map((keyClass) => ({ privateKey: newKey(), keyClass })) };
}

/** A statement by the officer's key at `keyAt`; an approval unless another type is named. */
export function signs(
  who: Officer,
  bytes: Uint8Array,
  by: { readonly keyAt?: number; readonly type?: StatementType } = {},
): Proof {
  const key = who.keys[by.keyAt ?? 0];
  if (key === undefined) throw new Error('the officer has no such key');
  if (key.keyClass === 'P')
    return asserts(key.privateKey, { bytes, pinned: PINNED, ...(by.type ? { type: by.type } : {}) });
  return signDetached(by.type ?? 'keyledger-approval+jws', bytes, key.privateKey);
}

/** Ada asks and approves with three keys, Ben and Cem approve, Cem and Dot keep the card's custodian PINs, Fay has a passkey. */
export const people = () => ({
  ada: officer('ada', ['requester', 'approver'], ['A', 'A', 'B']),
  ben: officer('ben', ['approver'], ['A', 'B']),
  cem: officer('cem', ['approver', 'custodian'], ['A']),
  dot: officer('dot', ['requester', 'custodian'], ['A']),
  fay: officer('fay', ['approver'], ['P']),
});

export type People = ReturnType<typeof people>;

function rule(kind: PolicyRule['kind'], change: Partial<PolicyRule> = {}): PolicyRule {
  return { kind, site: 'any', moduleClass: 'any', persons: 2, classA: 2, ...change };
}

/**
 * Two persons with class A keys. At a branch class B is enough to personalize, and a key is trusted by a third person
 * beside two with class A; at no other site modules are personalized.
 */
const POLICY: readonly PolicyRule[] = [
  rule('adopt-approver-set'),
  rule('retrust-signing-key'),
  rule('admit-witness'),
  rule('disable-signing-key', { persons: 1, classA: 1 }),
  rule('issue-card'),
  rule('enrol-station'),
  rule('reset'),
  rule('transfer'),
  rule('adopt-approver-set'),
  rule('trust-signing-key', { site: 'hamburg' }),
  rule('trust-signing-key', { site: 'branch', persons: 3 }),
  rule('personalize', { site: 'hamburg' }),
  rule('personalize', { site: 'branch', classA: 0 }),
];

/** The same, and units that leave their law to the host are let in. */
export const HOST_POLICY: readonly PolicyRule[] = POLICY.map((one) => ({ ...one, enforcement: 'host' }));

function approvalKey({ privateKey, keyClass }: HeldKey): ApprovalKey {
  const { x, y = '' } = publicJwk(publicHalf(privateKey));
  const point = { crv: 'P-256', kty: 'EC', x, y } as const;
  return keyClass === 'P' ? { ...point, class: 'B', passkey: PINNED } : { ...point, class: keyClass };
}

export function setOf(officers: readonly Officer[], change: Partial<ApproverSet> = {}): ApproverSet {
  const persons = officers.map(({ id, roles, keys }) => ({ id, roles, keys: keys.map(approvalKey) }));
  return { domain: APPROVER_SET_DOMAIN, version: 7, previous: NO_PREVIOUS_SET, persons, policy: POLICY, ...change };
}
