/**
 * Later approver sets, brought to a chip card: each with the order that adopted it and the approvals under the set before, so
 * that the card follows the chain by itself. What the platform leaves out the card does not get, and it takes nothing else.
 */
import type { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { PlatformClient } from '#libs/platform-client/platform-client.ts';

interface Adopted {
  readonly version: number;
  readonly document: string;
  readonly bytes: string;
  readonly approvals: readonly Proof[];
}

const QUESTION = '{ approverSets { adopted { version document bytes approvals { protected signature } } } }';

const NOTHING_NEW = refuse(
  'SET_NOTHING_NEW',
  'The card holds the newest approver set already, or the platform shows none that follows on it.',
);

/** Version of the newest set that the card took, or why it took none. Both custodians have opened the card. */
export async function adoptSets(card: ChipCardClient, platform: PlatformClient): Promise<number | Refusal> {
  const { approverSets } = await platform.ask<{ approverSets: { adopted: readonly Adopted[] } }>(QUESTION);
  let newest: number | Refusal = NOTHING_NEW;
  for (const one of approverSets.adopted) {
    const refusal = await brought(card, one);
    if (refusal === null) newest = one.version;
    else if (refusal.code !== 'ORDER_OTHER_APPROVER_SET') return refusal; // a set from before the one that it holds
  }
  return newest;
}

async function brought(card: ChipCardClient, { document, bytes, approvals }: Adopted): Promise<Refusal | null> {
  const refusal = await card.presentOrder(ascii(bytes));
  if (refusal !== null) return refusal;
  for (const approval of approvals) {
    const no = await card.presentApproval(approval);
    if (no !== null) return no;
  }
  return card.adoptApproverSet(ascii(document));
}
