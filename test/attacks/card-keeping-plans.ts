/** Plans against what the card keeps: its approver set and its log. */
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type Archive, encodeArchive } from '#libs/chip-card-protocol/statements.ts';
import { type ApproverSet, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { officer, rule, setOf } from '#libs/kernel/officers.fixture.ts';
import type { AdoptApproverSetOrder } from '#libs/kernel/order.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { CardBench } from './card-bench.ts';
import { type CardWorld, newKey, orThrow, presentAll } from './card-world.ts';

export interface KeepingPlan {
  readonly law: string;
  readonly check: string;
  readonly attacker: string;
  readonly tries: (world: CardWorld, bench: CardBench) => Promise<Refusal | null>;
}

/** The set that follows, as honest officers would adopt it. */
export function nextSet(world: CardWorld, changes: Partial<ApproverSet> = {}): Uint8Array {
  return approverSetBytes({ ...world.set, version: 8, previous: world.setHash, ...changes });
}

interface Adoption {
  /** The document that is ordered, and the one that is brought. */
  readonly document?: Uint8Array;
  readonly brought?: Uint8Array;
  readonly order?: Partial<AdoptApproverSetOrder>;
}

export async function adopts(world: CardWorld, bench: CardBench, it: Adoption = {}): Promise<Refusal | null> {
  const document = it.document ?? nextSet(world);
  const bytes = world.adoptOrder({ set: approverSetHash(document), ...it.order });
  const client = await bench.withCustodians();
  return (
    (await client.presentOrder(bytes)) ??
    (await presentAll(client, world.approvals(bytes))) ??
    client.adoptApproverSet(it.brought ?? document)
  );
}

export async function archives(
  world: CardWorld,
  bench: CardBench,
  change: Partial<Archive> & { readonly key?: ReturnType<typeof newKey> } = {},
): Promise<Refusal | null> {
  const client = await bench.withCustodians();
  const { card, logNumber: number, head } = orThrow(await client.status());
  const { key = world.leaseKey, ...other } = change;
  const statement = encodeArchive({ card, number, head, ...other });
  return client.archiveLog(statement, signRaw(statement, key));
}

const rogue = (world: CardWorld): Uint8Array =>
  approverSetBytes(
    setOf([officer('eve'), officer('mallory')], [rule('personalize')], { version: 8, previous: world.setHash }),
  );

export const keepingPlans: readonly KeepingPlan[] = [
  {
    law: 'adopt',
    check: 'SET_OTHER',
    attacker: 'courier who swaps the approver set on its way to the card',
    tries: (world, bench) => adopts(world, bench, { brought: rogue(world) }),
  },
  {
    law: 'adopt',
    check: 'SET_VERSION',
    attacker: 'dismissed officers with a set of before, approved under another number',
    tries: (world, bench) => adopts(world, bench, { document: nextSet(world, { version: 6 }) }),
  },
  {
    law: 'adopt',
    check: 'SET_OTHER_PREVIOUS',
    attacker: 'owner of the server who leaves a set out of the chain',
    tries: (world, bench) => adopts(world, bench, { document: nextSet(world, { previous: otherSet() }) }),
  },
  {
    law: 'archive',
    check: 'ARCHIVE_SIGNATURE',
    attacker: 'both custodians, who want an entry of the card to vanish',
    tries: (world, bench) => archives(world, bench, { key: newKey() }),
  },
  {
    law: 'archive',
    check: 'ARCHIVE_OTHER_CARD',
    attacker: 'custodians with the receipt for another card',
    tries: (world, bench) => archives(world, bench, { card: 'CC-02' }),
  },
  {
    law: 'archive',
    check: 'ARCHIVE_OTHER_LOG',
    attacker: 'owner of headquarters, who archived what the card never wrote',
    tries: (world, bench) => archives(world, bench, { head: randomOctets(32) }),
  },
];

function otherSet(): string {
  return approverSetHash(randomOctets(32));
}
