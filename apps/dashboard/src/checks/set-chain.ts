/** The approver sets from the founding's on, each held against the one before; and whether approvals are enough. */
import { type Approval, type Signer, approvalsOf } from './approval.ts';
import { type Policy, type ReadSet, quorumOf, readSet } from './approver-set.ts';
import { readOrder, textOf } from './order.ts';

/** Whether persons and class A keys are enough. One person counts once, however many keys he has. */
export function isQuorum(policy: Policy, signers: readonly Signer[]): boolean {
  const persons = new Set(signers.map(({ person }) => person));
  const withA = new Set(signers.filter(({ keyClass }) => keyClass === 'A').map(({ person }) => person));
  return persons.size >= policy.persons && withA.size >= policy.classA;
}

export interface AdoptedSet {
  readonly document: string;
  /** Signed bytes of the order that adopted it. */
  readonly bytes: string;
  readonly approvals: readonly Approval[];
}

/** Every set from the founding's on, as far as each was adopted by the one before it; by hash. */
export async function setsSince(
  founding: string,
  adopted: readonly AdoptedSet[],
): Promise<ReadonlyMap<string, ReadSet>> {
  const sets = new Map<string, ReadSet>();
  let last = await readSet(founding);
  if (last === null) return sets;
  sets.set(last.hash, last);
  for (const { document, bytes, approvals } of adopted) {
    const next = await readSet(document);
    if (next === null || !(await adopts(last, next, { bytes, approvals }))) return sets;
    sets.set(next.hash, next);
    last = next;
  }
  return sets;
}

async function adopts(last: ReadSet, next: ReadSet, by: Omit<AdoptedSet, 'document'>): Promise<boolean> {
  const order = await readOrder(by.bytes);
  if (order === null || order.kind !== 'adopt-approver-set') return false;
  if (textOf(order, 'set') !== next.hash || textOf(order, 'approverSet') !== last.hash) return false;
  const policy = quorumOf(last, {
    kind: order.kind,
    site: textOf(order, 'site'),
    moduleClass: textOf(order, 'moduleClass'),
  });
  return policy !== null && isQuorum(policy, await approvalsOf(by.bytes, by.approvals, last));
}
