/**
 * The demo's people. Their private keys lie in one folder with mode 0600, which a real deployment never has:
 * there each officer makes his keys on his own machine and hands in the public halves.
 */
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { TECHNICIAN } from './names.ts';
import { APPROVER_SET_DOMAIN, type ApproverSet, NO_PREVIOUS_SET, type PolicyRule } from '#libs/kernel/approver-set.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { publicJwk } from '#libs/kernel/hash.ts';
import { pinDigits } from '#libs/kernel/ids.ts';
import type { Operator } from '#libs/kernel/operator.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

type Approving = 'requester' | 'approver' | 'custodian';

interface Cast {
  readonly id: string;
  readonly called: string;
  readonly roles: readonly OperatorRole[];
  /** How many keys that approve; who has none stands in no approver set. */
  readonly keys: number;
}

/** Everybody in the demo. Anna has two keys, so that the card can show that it counts persons. */
export const CAST = {
  clara: { id: 'P-CLARA', called: 'Clara', roles: ['requester'], keys: 1 },
  anna: { id: 'P-ANNA', called: 'Anna', roles: ['requester', 'approver'], keys: 2 },
  bo: { id: 'P-BO', called: 'Bo', roles: ['requester', 'approver'], keys: 1 },
  dora: { id: 'P-DORA', called: 'Dora', roles: ['custodian'], keys: 1 },
  emil: { id: 'P-EMIL', called: 'Emil', roles: ['custodian'], keys: 1 },
  tom: { id: TECHNICIAN, called: 'Tom', roles: ['technician'], keys: 0 },
  ada: { id: 'P-ADA', called: 'Ada', roles: ['administrator'], keys: 0 },
  rita: { id: 'P-RITA', called: 'Rita', roles: ['auditor'], keys: 0 },
} as const satisfies Readonly<Record<string, Cast>>;

export type Who = keyof typeof CAST;

export interface DemoPerson {
  readonly id: string;
  readonly called: string;
  /** Those that approve. */
  readonly keys: readonly KeyObject[];
  /** The one that signs in. */
  readonly signIn: KeyObject;
}

export interface DemoPeople {
  readonly person: (who: Who) => DemoPerson;
  readonly pins: { readonly technician: string; readonly custodian1: string; readonly custodian2: string };
  readonly approverSet: ApproverSet;
  readonly operators: readonly Operator[];
}

/** The demo's policy: two persons with class A for everything that widens trust; one may suspend. */
const POLICY: readonly PolicyRule[] = [
  { kind: 'enrol-unit', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'enrol-station', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'issue-card', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'trust-signing-key', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'personalize', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'suspend-signing-key', site: 'any', moduleClass: 'any', persons: 1, classA: 1 },
  { kind: 'disable-signing-key', site: 'any', moduleClass: 'any', persons: 1, classA: 1 },
  { kind: 'review-divergence', site: 'any', moduleClass: 'any', persons: 1, classA: 1 },
  { kind: 'compromise-signing-key', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'retrust-signing-key', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'reset', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'transfer', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'retire-card', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'retire-module', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'adopt-approver-set', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'enrol-operator', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'link-operator', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'grant-roles', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'withdraw-roles', site: 'any', moduleClass: 'any', persons: 1, classA: 1 },
  { kind: 'suspend-operator', site: 'any', moduleClass: 'any', persons: 1, classA: 1 },
  { kind: 'withdraw-operator', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'withdraw-credential', site: 'any', moduleClass: 'any', persons: 1, classA: 1 },
  { kind: 'register-manufacturer-key', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'withdraw-manufacturer-key', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
  { kind: 'admit-witness', site: 'any', moduleClass: 'any', persons: 2, classA: 2 },
];

/** Private keys as PEM by person, and the PINs: the content of the folder. */
interface Kept {
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly signIn: Readonly<Record<string, string>>;
  readonly pins: DemoPeople['pins'];
}

function freshPeople(): Kept {
  const pem = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
  const keys = Object.fromEntries(
    Object.values(CAST).map((one) => [one.id, Array.from({ length: one.keys }, () => pem().toString())]),
  );
  const signIn = Object.fromEntries(Object.values(CAST).map((one) => [one.id, pem().toString()]));
  return { keys, signIn, pins: { technician: pinDigits(6), custodian1: pinDigits(8), custodian2: pinDigits(8) } };
}

/** Makes the demo's people in a folder, or takes them up again. With `hostAllowed` their policy lets in what is no card. */
export function demoPeople(folder: string, hostAllowed = false): DemoPeople {
  const file = join(folder, 'people.json');
  const known = readWhole(file);
  const kept = known === null ? freshPeople() : (JSON.parse(Buffer.from(known).toString('utf8')) as Kept);
  if (known === null) replaceWhole(file, utf8(JSON.stringify(kept, null, 2)));
  const keysOf = (id: string) => (kept.keys[id] ?? []).map((pem) => createPrivateKey(pem));
  const signInOf = (id: string) => createPrivateKey(kept.signIn[id] ?? '');
  const cast: readonly Cast[] = Object.values(CAST);
  return {
    person: (who) => ({
      id: CAST[who].id,
      called: CAST[who].called,
      keys: keysOf(CAST[who].id),
      signIn: signInOf(CAST[who].id),
    }),
    pins: kept.pins,
    approverSet: {
      domain: APPROVER_SET_DOMAIN,
      version: 1,
      previous: NO_PREVIOUS_SET,
      persons: cast
        .filter((one) => one.keys > 0)
        .map((one) => ({
          id: one.id,
          roles: one.roles.filter((role) => approves(role)),
          keys: keysOf(one.id).map((key) => ({ class: 'A' as const, ...p256(key) })),
        })),
      policy: hostAllowed ? POLICY.map((rule) => ({ ...rule, enforcement: 'host' as const })) : POLICY,
    },
    operators: cast.map(({ id, roles }) => ({ id, roles, credential: p256(signInOf(id)) })),
  };
}

function approves(role: OperatorRole): role is Approving {
  return role === 'requester' || role === 'approver' || role === 'custodian';
}

function p256(key: KeyObject) {
  const { x, y = '' } = publicJwk(createPublicKey(key));
  return { crv: 'P-256' as const, kty: 'EC' as const, x, y };
}
