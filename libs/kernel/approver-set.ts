/**
 * The approver set: who may approve, with which keys, and how many persons each kind of order needs.
 * A canonical document whose hash stands in every order; versions only rise.
 */
import { ascii } from './bytes.ts';
import { canonicalJson, parseCanonical } from './canonical-json.ts';
import { type Ceiling, DEFAULT_CEILING, DEFAULT_REVIEW_WITHIN, ceiling, reviewWithin } from './ceiling.ts';
import type { Seconds } from './clock.ts';
import { type PublicJwk, hashId, keyFromJwk, thumbprint } from './hash.ts';
import { passkeyPins } from './passkey.ts';
import { ORDER_KINDS, type Order, type OrderKind } from './order.ts';
import { Recent } from './recent.ts';
import { type Refusal, isRefusal, refuse } from './refusal.ts';
import { type Read, type Template, closed, hash, integer, list, name, oneOf, optional } from './template.ts';

export const APPROVER_SET_DOMAIN = 'keyledger/approver-set/v1';
export const APPROVER_SET_LIMITS = { octetsMax: 65536, depthMax: 6 } as const;

const point = { crv: oneOf('P-256'), kty: oneOf('EC'), x: hash, y: hash } as const;

/** An approval key: ES256 only, so that every card can check it. Class A approves at the officer's own machine. */
const signingKey = closed({ ...point, class: oneOf('A', 'B') });

/** A passkey, and what its enrolment pins. */
const passkeyKey = closed({ ...point, class: oneOf('B'), passkey: passkeyPins });

export const approvalKey: Template<Read<typeof signingKey> | Read<typeof passkeyKey>> = (value, path) =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'passkey')
    ? passkeyKey(value, path)
    : signingKey(value, path);

const person = closed({
  id: name,
  roles: list(oneOf('requester', 'approver', 'custodian'), 1, 3),
  keys: list(approvalKey, 1, 8),
});

/**
 * How many persons of role approver an order needs; `any` stands for every site or module class. `enforcement: host` lets in
 * units whose keys sign for whoever has the PIN (PKCS #11, soft); without it only cards that check by themselves.
 */
const rule = closed({
  kind: oneOf(...(Object.keys(ORDER_KINDS) as OrderKind[])),
  site: name,
  moduleClass: name,
  persons: integer(1, 16),
  classA: integer(0, 16),
  enforcement: optional(oneOf('host')),
});

const document = closed({
  domain: oneOf(APPROVER_SET_DOMAIN),
  version: integer(1, 0xffffffff),
  previous: hash,
  persons: list(person, 2, 64),
  policy: list(rule, 1, 64),
  ceiling: optional(ceiling),
  reviewWithin: optional(reviewWithin),
});

export type ApproverSet = Read<typeof document>;
export type Person = Read<typeof person>;
export type PolicyRule = Read<typeof rule>;
export type ApprovalKey = Read<typeof approvalKey>;

/** `previous` of the first version: 32 zero octets. */
export const NO_PREVIOUS_SET = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export function approverSetBytes(set: ApproverSet): Uint8Array {
  return ascii(canonicalJson(set));
}

export function approverSetHash(bytes: Uint8Array): string {
  return hashId(bytes);
}

export function approvalJwk(key: ApprovalKey): PublicJwk {
  return { crv: key.crv, kty: key.kty, x: key.x, y: key.y };
}

/** The same octets are the same set: cards and stations hold one for years and read it at every order. */
const READ = new Recent<ApproverSet | Refusal>(16);

/**
 * Reads an approver set, as one that nobody can write to; refuses coordinates that are no point of P-256, a key that stands twice, a person that stands
 * twice, a quorum below the kind's least.
 */
export function parseApproverSet(bytes: Uint8Array): ApproverSet | Refusal {
  return READ.get(Buffer.from(bytes).toString('latin1'), () => frozen(readApproverSet(bytes)));
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

function readApproverSet(bytes: Uint8Array): ApproverSet | Refusal {
  const value = parseCanonical(bytes, APPROVER_SET_LIMITS);
  if (isRefusal(value)) return value;
  const set = document(value, 'approverSet');
  if (isRefusal(set)) return set;
  const keys = set.persons.flatMap((one) => one.keys.map(approvalJwk));
  if (!keys.every(isOnCurve)) return refuse('BAD_KEY', 'An approval key of the set is no point of P-256.');
  const thumbprints = keys.map(thumbprint);
  if (new Set(thumbprints).size !== thumbprints.length)
    return refuse('KEY_TWICE', 'An approval key may stand once in the set and belongs to one person.');
  if (new Set(set.persons.map((one) => one.id)).size !== set.persons.length)
    return refuse('PERSON_TWICE', 'A person may stand once in the approver set.');
  const tooFew = set.policy.find(isTooLittle);
  if (tooFew !== undefined)
    return refuse(
      'QUORUM_TOO_SMALL',
      `Orders of kind ${tooFew.kind} need at least ${ORDER_KINDS[tooFew.kind].personsMin} persons, and two of class A where they widen trust.`,
    );
  return set;
}

function isTooLittle({ kind, persons, classA }: PolicyRule): boolean {
  const { personsMin, widens } = ORDER_KINDS[kind];
  return persons < personsMin || classA > persons || (widens === true && classA < 2);
}

function isOnCurve(jwk: PublicJwk): boolean {
  try {
    keyFromJwk(jwk);
    return true;
  } catch {
    return false;
  }
}

/** Who holds a key: the person and the key's class, or null for a stranger's key. */
export function holderOf(set: ApproverSet, kid: string): { person: Person; key: ApprovalKey } | null {
  for (const one of set.persons)
    for (const key of one.keys) if (thumbprint(approvalJwk(key)) === kid) return { person: one, key };
  return null;
}

export function ceilingOf(set: ApproverSet): Ceiling {
  return set.ceiling ?? DEFAULT_CEILING;
}

export function reviewWithinOf(set: ApproverSet): Seconds {
  return set.reviewWithin ?? DEFAULT_REVIEW_WITHIN;
}

/**
 * The rule for an order: the one that names its site and module class most closely; null where there is none. Disabling a
 * key takes a second officer where it is not strict, or shuts out more modules than the ceiling.
 */
export function ruleFor(set: ApproverSet, order: Order): PolicyRule | null {
  const rule = closestRule(set, order);
  if (rule === null || order.kind !== 'disable-signing-key') return rule;
  const mayBeAlone = order.mode === 'strict' && order.modules <= ceilingOf(set).modules;
  return mayBeAlone ? rule : { ...rule, persons: Math.max(2, rule.persons) };
}

function closestRule(set: ApproverSet, order: Order): PolicyRule | null {
  const fitting = set.policy.filter(
    (one) =>
      one.kind === order.kind &&
      (one.site === 'any' || one.site === order.site) &&
      (one.moduleClass === 'any' || one.moduleClass === order.moduleClass),
  );
  const closeness = (one: PolicyRule) => (one.site === 'any' ? 0 : 2) + (one.moduleClass === 'any' ? 0 : 1);
  return fitting.sort((a, b) => closeness(b) - closeness(a))[0] ?? null;
}
