/**
 * The chain of approver sets: whoever holds one set follows it to the next by himself, each link an order that the set
 * before it approved. Nobody's word counts that a set is in force; what stays out of the chain can only be withheld.
 */
import { type ApproverSet, approverSetHash, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type ApprovalLaws, type ApprovedOrder, checkApprovedOrder, fourEyes } from './approval.ts';

/** A set, the order that adopts it, exactly as signed, and its approvals. */
export interface SetLink {
  /** Canonical text. */
  readonly document: string;
  readonly order: string;
  readonly approvals: readonly Proof[];
}

export interface SetCase {
  readonly approved: ApprovedOrder;
  readonly set: ApproverSet;
  /** Of the document shown. */
  readonly hash: string;
  readonly held: { readonly version: number; readonly hash: string };
}

function orderOf({ approved: { order } }: SetCase) {
  return order.kind === 'adopt-approver-set' ? order : null;
}

export const setLaw: Law<SetCase> = [
  {
    code: 'SET_ORDER_KIND',
    says: 'The order behind the approver set is not one that adopts a set.',
    holds: (it) => orderOf(it) !== null,
  },
  {
    code: 'SET_OTHER_DOCUMENT',
    says: 'The order behind the approver set names another document.',
    holds: (it) => it.hash === (orderOf(it)?.set ?? it.hash),
  },
  {
    code: 'SET_OTHER_PREVIOUS',
    says: 'The approver set does not follow the one that is held here.',
    holds: (it) => it.set.previous === it.held.hash && (orderOf(it)?.previous ?? it.held.hash) === it.held.hash,
  },
  {
    code: 'SET_VERSION_NOT_NEXT',
    says: 'The version of the approver set is not the one after that which is held here.',
    holds: (it) => it.set.version === it.held.version + 1,
  },
];

export interface ChainLaws {
  readonly fourEyes: ApprovalLaws;
  readonly sets: Law<SetCase>;
}

export const chainLaws: ChainLaws = { fourEyes, sets: setLaw };

/** How far a holder got: the newest set that he may hold, and why the next link took him no further. */
export interface Followed {
  readonly setBytes: Uint8Array;
  readonly refusal: Refusal | null;
}

/** Follows the links from the set held; links to that set or to earlier ones are passed over. */
export function followSets(
  held: { readonly genesis: string; readonly setBytes: Uint8Array },
  links: readonly SetLink[],
  laws: ChainLaws = chainLaws,
): Followed {
  let { setBytes } = held;
  for (const link of links) {
    const next = nextSet({ genesis: held.genesis, setBytes }, link, laws);
    if (isRefusal(next)) return { setBytes, refusal: next };
    setBytes = next;
  }
  return { setBytes, refusal: null };
}

function nextSet(
  { genesis, setBytes }: { readonly genesis: string; readonly setBytes: Uint8Array },
  link: SetLink,
  laws: ChainLaws,
): Uint8Array | Refusal {
  const bytes = ascii(link.document);
  const [before, set] = [parseApproverSet(setBytes), parseApproverSet(bytes)];
  if (isRefusal(before)) return before;
  if (isRefusal(set)) return set;
  if (set.version <= before.version) return setBytes;
  const held = { version: before.version, hash: approverSetHash(setBytes) };
  const pins = { genesis, approverSet: held.hash };
  const shown = { bytes: ascii(link.order), approvals: link.approvals };
  const approved = checkApprovedOrder(shown, { pins, setBytes }, laws.fourEyes);
  if (isRefusal(approved)) return approved;
  return judge(laws.sets, { approved, set, hash: approverSetHash(bytes), held }) ?? bytes;
}
