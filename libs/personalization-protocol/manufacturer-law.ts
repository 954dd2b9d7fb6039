/**
 * Another manufacturer than the one that a unit pins: accepted by an order that this deployment's approvers signed, and by
 * nobody's word. That his root was withdrawn since the platform knows: it lets no new module in, and old ones stand.
 */
import { type ApprovalLaws, type ApprovedOrder, checkApprovedOrder, fourEyes } from '#libs/approval/approval.ts';
import { type ManufacturerRoot, parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';

export interface ShownManufacturer {
  /** Root certificate, DER. */
  readonly certificate: Uint8Array;
  /** The order, exactly as signed. */
  readonly order: Uint8Array;
  readonly approvals: readonly Proof[];
}

export interface ManufacturerCase {
  readonly approved: ApprovedOrder;
  readonly root: ManufacturerRoot;
}

export const manufacturerLaw: Law<ManufacturerCase> = [
  {
    code: 'MANUFACTURER_ORDER_KIND',
    says: 'The order behind this manufacturer is not one that lets a manufacturer in.',
    holds: ({ approved: { order } }) => order.kind === 'register-manufacturer-key',
  },
  {
    code: 'MANUFACTURER_OTHER_ROOT',
    says: 'The order behind this manufacturer names another root.',
    holds: ({ approved: { order }, root }) => order.kind !== 'register-manufacturer-key' || order.root === root.id,
  },
];

export interface ManufacturerLaws {
  readonly fourEyes: ApprovalLaws;
  readonly manufacturer: Law<ManufacturerCase>;
}

/** The root, where it may be accepted. `sets`: every approver set that was ever in force, as the unit followed them itself. */
export function acceptedRoot(
  shown: ShownManufacturer,
  held: { readonly genesis: string; readonly sets: readonly Uint8Array[] },
  laws: ManufacturerLaws = { fourEyes, manufacturer: manufacturerLaw },
): ManufacturerRoot | Refusal {
  const order = parseOrder(shown.order);
  if (isRefusal(order)) return order;
  const root = parseManufacturerRoot(shown.certificate);
  if (isRefusal(root)) return root;
  const under = held.sets.find((set) => approverSetHash(set) === order.approverSet) ?? held.sets.at(-1);
  const setBytes = under ?? new Uint8Array();
  const pins = { genesis: held.genesis, approverSet: approverSetHash(setBytes) };
  const { approvals, order: bytes } = shown;
  const approved = checkApprovedOrder({ bytes, approvals }, { pins, setBytes }, laws.fourEyes);
  if (isRefusal(approved)) return approved;
  return judge(laws.manufacturer, { approved, root }) ?? root;
}
