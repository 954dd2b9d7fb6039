/** People as the board has them: who signs in, and by which approver set is approved. Founding and log together. */
import { type Standing, UNTOUCHED, standingOf } from '#libs/domain/operator/operator.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import type { Operator } from '#libs/kernel/operator.ts';
import type { Facts } from './board-facts.ts';

export function foundedOperator({ founding }: Facts, id: string): Operator | null {
  return founding?.operators.find((one) => one.id === id) ?? null;
}

export function operatorIn(facts: Facts, id: string): Standing {
  return standingOf(facts.operators.get(id) ?? UNTOUCHED, foundedOperator(facts, id));
}

/** Of everybody who signs in: names, each with the thumbprints of his credentials. */
export function credentialsOf(facts: Facts): ReadonlyMap<string, readonly string[]> {
  const ids = [...(facts.founding?.operators ?? []).map(({ id }) => id), ...facts.operators.keys()];
  return new Map(ids.map((id) => [id, operatorIn(facts, id).credentials.map(thumbprint)]));
}

/** The approver set in force: its octets and their hash. */
export function setInForce({ founding, adopted }: Facts): { readonly bytes: Uint8Array; readonly hash: string } {
  const bytes = ascii(adopted.at(-1)?.document ?? founding?.approverSet ?? '');
  return { bytes, hash: approverSetHash(bytes) };
}
