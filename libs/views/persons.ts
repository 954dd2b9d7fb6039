/** The approver set that an event brings: parsed strictly before it was recorded, so read plainly here. */
import type { ApproverSet } from '#libs/kernel/approver-set.ts';

export function parsedSet(text: string): ApproverSet {
  return JSON.parse(text) as ApproverSet;
}
