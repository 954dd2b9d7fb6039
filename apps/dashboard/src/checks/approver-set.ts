/** Who may approve, with which keys, and how many of them the policy asks for. */
import { type Json, isList, isObject, memberText, parseCanonical } from './canonical.ts';
import { type P256Jwk, hashId, thumbprint } from './hash.ts';

export interface SetKey extends P256Jwk {
  readonly class: string;
  readonly kid: string;
  readonly passkey: { readonly origin: string; readonly rpId: string } | null;
}

export interface SetPerson {
  readonly id: string;
  readonly roles: readonly string[];
  readonly keys: readonly SetKey[];
}

export interface Policy {
  readonly kind: string;
  readonly site: string;
  readonly moduleClass: string;
  readonly persons: number;
  readonly classA: number;
}

export interface ReadSet {
  readonly hash: string;
  readonly version: number;
  readonly persons: readonly SetPerson[];
  readonly policy: readonly Policy[];
}

export async function readSet(document: string): Promise<ReadSet | null> {
  const value = parseCanonical(document);
  if (!isObject(value ?? undefined)) return null;
  const { version, persons, policy } = value as Readonly<Record<string, Json>>;
  if (typeof version !== 'number' || persons === undefined || policy === undefined) return null;
  return {
    hash: await hashId(document),
    version,
    persons: await Promise.all(objectsOf(persons).map(personOf)),
    policy: objectsOf(policy).map(ruleOf),
  };
}

function ruleOf(rule: Readonly<Record<string, Json>>): Policy {
  return {
    kind: memberText(rule, 'kind'),
    site: memberText(rule, 'site'),
    moduleClass: memberText(rule, 'moduleClass'),
    persons: Number(rule['persons']),
    classA: Number(rule['classA']),
  };
}

function objectsOf(value: Json): readonly Readonly<Record<string, Json>>[] {
  return isList(value) ? value.filter((one) => isObject(one)) : [];
}

async function personOf(person: Readonly<Record<string, Json>>): Promise<SetPerson> {
  const { roles = [], keys = [] } = person;
  return {
    id: memberText(person, 'id'),
    roles: isList(roles) ? roles.filter((role) => typeof role === 'string') : [],
    keys: await Promise.all(objectsOf(keys).map(keyOf)),
  };
}

async function keyOf(key: Readonly<Record<string, Json>>): Promise<SetKey> {
  const said = (name: string): string => memberText(key, name);
  const half: P256Jwk = { crv: said('crv'), kty: said('kty'), x: said('x'), y: said('y') };
  const { passkey } = key;
  const page = isObject(passkey) ? { origin: memberText(passkey, 'origin'), rpId: memberText(passkey, 'rpId') } : null;
  return { ...half, class: said('class'), kid: await thumbprint(half), passkey: page };
}

/** What the policy asks for this kind of order at this site; the most exact row counts. */
export function quorumOf(
  set: ReadSet,
  order: { readonly kind: string; readonly site: string; readonly moduleClass: string },
): Policy | null {
  const fits = (asked: string, given: string): boolean => asked === 'any' || asked === given;
  const rows = set.policy.filter(
    (rule) => rule.kind === order.kind && fits(rule.site, order.site) && fits(rule.moduleClass, order.moduleClass),
  );
  const exactness = (rule: Policy): number => Number(rule.site !== 'any') * 2 + Number(rule.moduleClass !== 'any');
  return rows.toSorted((a, b) => exactness(b) - exactness(a))[0] ?? null;
}
