/**
 * Who must have seen the log: the station starts from the policy that it pins and follows each change by the order that a
 * quorum approved and the log has. Set after set: what an earlier set approved counts only while that set is held.
 */
import { type ApprovalLaws, checkApprovedOrder } from '#libs/approval/approval.ts';
import { type ChainLaws, type Followed, type SetLink, followSets } from '#libs/approval/set-chain.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { orderId, parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { WitnessLink } from '#libs/kernel/trust-list.ts';
import { type Admission, type StatedPolicy, admitted } from '#libs/kernel/witness-policy.ts';
import type { Checkpoint } from '#libs/seal/checkpoint.ts';
import { parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { isIncluded } from './survivors.ts';
import type { WitnessCase } from './witness-law.ts';

/** A policy, and the orders by which it came to be what it is. */
export interface HeldPolicy {
  readonly stated: StatedPolicy;
  readonly orders: readonly string[];
}

export interface PeopleLaws extends ChainLaws {
  readonly fourEyes: ApprovalLaws;
  readonly witnesses: Law<WitnessCase>;
}

/** What a list shows of sets and witnesses, and the checkpoint under which it does. */
interface Shown {
  readonly genesis: string;
  readonly sets: readonly SetLink[];
  readonly witnesses: readonly WitnessLink[];
  readonly checkpoint: Checkpoint | null;
}

interface Held {
  readonly setBytes: Uint8Array;
  readonly policy: HeldPolicy;
}

/** How far the station got with both, and why it went no further. */
export interface FollowedBoth extends Followed {
  readonly policy: HeldPolicy;
  readonly policyRefusal: Refusal | null;
}

export function followBoth(held: Held, shown: Shown, laws: PeopleLaws): FollowedBoth {
  let { policy, refusal: policyRefusal } = followWitnesses(held, shown, laws);
  let { setBytes } = held;
  for (const link of shown.sets) {
    const next = followSets({ genesis: shown.genesis, setBytes }, [link], laws);
    if (next.refusal !== null) return { ...next, policy, policyRefusal };
    if (next.setBytes === setBytes) continue;
    setBytes = next.setBytes;
    const followed = followWitnesses({ setBytes, policy }, shown, laws);
    policy = followed.policy;
    policyRefusal ??= followed.refusal;
  }
  return { setBytes, refusal: null, policy, policyRefusal };
}

/** As far as the set held approved it. */
function followWitnesses(
  { setBytes, policy: before }: Held,
  { genesis, witnesses, checkpoint }: Shown,
  laws: PeopleLaws,
): { readonly policy: HeldPolicy; readonly refusal: Refusal | null } {
  const pins = { genesis, approverSet: approverSetHash(setBytes) };
  let policy = before;
  for (const link of witnesses) {
    const bytes = ascii(link.order);
    const order = parseOrder(bytes);
    if (!isRefusal(order) && order.approverSet !== pins.approverSet) continue;
    if (policy.orders.includes(orderId(bytes))) continue; // what it changed may have been changed again since
    const approved = checkApprovedOrder({ bytes, approvals: link.approvals }, { pins, setBytes }, laws.fourEyes);
    if (isRefusal(approved)) return { policy, refusal: approved };
    const admission = admissionIn(link);
    const included = checkpoint !== null && isIncluded(link, checkpoint);
    const refusal = judge(laws.witnesses, { approved, event: link.event, admission, included });
    const stated = refusal ?? changed(policy.stated, admission);
    if (isRefusal(stated)) return { policy, refusal: stated };
    policy = { stated, orders: [...policy.orders, approved.orderId] };
  }
  return { policy, refusal: null };
}

function admissionIn({ event }: WitnessLink): Admission {
  const { witness, instead } = event.data as { readonly witness?: unknown; readonly instead?: unknown };
  return { witness: String(witness), instead: typeof instead === 'string' ? instead : null };
}

/** Refuses what nobody could meet: a key that is no witness's, or one that stands in the policy by another name. */
function changed(stated: StatedPolicy, admission: Admission): StatedPolicy | Refusal {
  const next = admitted(stated, admission);
  if (isRefusal(next)) return next;
  const policy = parseWitnessPolicy(next);
  return isRefusal(policy) ? policy : next;
}
