/**
 * What is left to people once an order is approved: the act of each kind, which roles may do it, and what must be brought along
 * because the order holds its hash alone. Modules that are personalized, reset or transferred are a unit's work.
 */
import type { TypedDocumentNode } from '@urql/core';
import { type Json, memberText } from '../../checks/canonical.ts';
import { hashId, sha256, thumbprint } from '../../checks/hash.ts';
import { fromBase64url, toBase64url } from '../../checks/octets.ts';
import { type ReadOrder, listOf, textOf } from '../../checks/order.ts';
import type { Kind } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import * as act from './carry-out.graphql.ts';
import { type Said, type Values, publicKeyIn, readAll } from './fields.ts';

interface Carried {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type Brought =
  'credential' | 'stationSpki' | 'deviceSpki' | 'deviceSignature' | 'document' | 'certificate' | 'station';

export interface Act {
  readonly sends: TypedDocumentNode<Carried, never>;
  readonly roles: readonly string[];
  readonly brings: readonly Brought[];
}

export type ByUnit = 'personalize' | 'reset' | 'transfer';
export type ByPeople = Exclude<Kind, ByUnit>;

const CARRIES_OUT = ['requester', 'administrator'] as const;
const CARD_WORK = ['custodian', 'administrator'] as const;
const TAKES_TRUST_AWAY = ['requester', 'approver', 'administrator'] as const;
const CHANGE: Act = { sends: act.ChangeOperator, roles: TAKES_TRUST_AWAY, brings: [] };

export const ACTS: { readonly [K in ByPeople]: Act } = {
  'enrol-unit': { sends: act.EnrolUnit, roles: CARRIES_OUT, brings: ['credential'] },
  'enrol-station': { sends: act.RegisterStation, roles: CARRIES_OUT, brings: ['credential', 'stationSpki'] },
  'issue-card': { sends: act.IssueCard, roles: CARD_WORK, brings: ['deviceSpki', 'deviceSignature'] },
  'trust-signing-key': { sends: act.TrustSigningKey, roles: CARRIES_OUT, brings: ['station'] },
  'retrust-signing-key': { sends: act.RetrustSigningKey, roles: CARRIES_OUT, brings: [] },
  'suspend-signing-key': { sends: act.SuspendSigningKey, roles: TAKES_TRUST_AWAY, brings: [] },
  'disable-signing-key': { sends: act.DisableSigningKey, roles: TAKES_TRUST_AWAY, brings: [] },
  'compromise-signing-key': { sends: act.CompromiseSigningKey, roles: TAKES_TRUST_AWAY, brings: [] },
  'review-divergence': { sends: act.ReviewDivergence, roles: TAKES_TRUST_AWAY, brings: [] },
  'retire-card': { sends: act.RetireCard, roles: CARD_WORK, brings: [] },
  'retire-module': { sends: act.RetireModule, roles: CARRIES_OUT, brings: [] },
  'adopt-approver-set': { sends: act.AdoptApproverSet, roles: CARRIES_OUT, brings: ['document'] },
  'enrol-operator': { ...CHANGE, brings: ['credential'] },
  'link-operator': CHANGE,
  'grant-roles': CHANGE,
  'withdraw-roles': CHANGE,
  'suspend-operator': CHANGE,
  'withdraw-operator': CHANGE,
  'withdraw-credential': CHANGE,
  'register-manufacturer-key': { sends: act.RegisterManufacturerKey, roles: CARRIES_OUT, brings: ['certificate'] },
  'admit-witness': { sends: act.AdmitWitness, roles: CARRIES_OUT, brings: [] },
  'withdraw-manufacturer-key': { sends: act.WithdrawManufacturerKey, roles: CARRIES_OUT, brings: [] },
};

export function isByPeople(kind: string): kind is ByPeople {
  return Object.hasOwn(ACTS, kind);
}

const text = words.carry;

/** What goes with the act, each held against the order here; or the faults, by name. */
export async function broughtFor(
  order: ReadOrder,
  brings: readonly Brought[],
  values: Values,
): Promise<{ readonly said: Said } | { readonly faults: Values }> {
  const all = await Promise.all(
    brings.map(async (name) => ({ name, value: await held(order, name, (values[name] ?? '').trim()) })),
  );
  const faults = all.filter(({ value }) => value === null).map(({ name }) => [name, text.notOrdered] as const);
  if (faults.length > 0) return { faults: Object.fromEntries(faults) };
  return { said: Object.fromEntries(all.map(({ name, value }) => [name, value])) };
}

/** As it is sent; null where it is not what the order names. */
async function held(order: ReadOrder, name: Brought, given: string): Promise<Json> {
  switch (name) {
    case 'credential': {
      const { key } = publicKeyIn(given);
      return key !== null && (await thumbprint(key)) === textOf(order, 'credential') ? { ...key } : null;
    }
    case 'stationSpki':
      return (await hashOf(given)) === textOf(order, 'stationKey') ? given : null;
    case 'deviceSpki':
      return (await hashOf(given)) === textOf(order, 'deviceKey') ? given : null;
    case 'deviceSignature':
      return given !== '' && fromBase64url(given) !== null ? given : null;
    case 'document': {
      const set = await readOne('document', given);
      return set !== null && (await hashId(set)) === textOf(order, 'set') ? set : null;
    }
    case 'certificate': {
      const certificate = await readOne('certificate', given);
      return certificate !== null && (await hashOf(certificate)) === textOf(order, 'root') ? certificate : null;
    }
    case 'station':
      return listOf(order, 'stations').includes(given) ? given : null;
  }
}

/** Read as in the form that asked for it. */
async function readOne(name: 'document' | 'certificate', given: string): Promise<string | null> {
  const read = await readAll([{ name, type: name }], { [name]: given });
  return 'said' in read ? memberText(read.said, name) : null;
}

async function hashOf(base64url: string): Promise<string | null> {
  const octets = fromBase64url(base64url);
  return octets === null ? null : toBase64url(await sha256(octets));
}
