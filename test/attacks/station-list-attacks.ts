/** Attacks by trust lists: each has a station keep, take or lose trust that its bank's officers did not decide on. */
import { HOSTILE_DASHBOARD } from './card-plans.ts';
import type { StationLaws } from '#apps/station/src/trust.ts';
import { checkApprovedOrder } from '#libs/approval/approval.ts';
import { approverSetBytes } from '#libs/kernel/approver-set.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Bank, DAY, NOW, cardKeyOf, serverKeys } from '#module-emulator/adversary/bank.ts';
import { PINNED, asserts } from '#module-emulator/adversary/authenticator.ts';
import { newKey, octetsOf, people, setOf, signs, spkiOfPrivate } from '#module-emulator/adversary/people.ts';
import { call } from '#module-emulator/adversary/rogue-module.ts';
import { type EntryChange, forkedList, listEntry, listOf, signedList } from '#module-emulator/adversary/trust-lists.ts';
import { passkeyPlans } from './passkey-plans.ts';
import { StationAt, StationWorld } from './station-world.ts';

/** Code by which he was refused; null when he got what he wanted. */
export type Strategy = (world: StationWorld, laws: StationLaws) => Promise<string | null>;

export interface StationRow {
  readonly check: string;
  readonly coveredBy?: readonly string[];
  readonly attacker: string;
  readonly strategy: Strategy;
}

/** He wants the station to take up his list, and that this brings him what `wants` says. */
function listing(
  check: string,
  attacker: string,
  it: {
    readonly list: (world: StationWorld) => Promise<string>;
    readonly wants: (world: StationWorld, station: StationAt) => Promise<string | null>;
  },
): StationRow {
  const strategy: Strategy = async (world, laws) => {
    const station = await world.station(laws);
    const [refused] = await station.takeList(await it.list(world));
    return refused ?? it.wants(world, station);
  };
  return { check, attacker, strategy };
}

/** Every module of the bank shut out. */
const shutOut = (world: StationWorld, station: StationAt) =>
  Promise.resolve(station.accepts(world.card.cardKey) ? 'STILL_ACCEPTED' : null);

/** A day later, the platform cut off meanwhile, a module of a key that was disabled elsewhere still pays. */
async function paysOn(world: StationWorld, station: StationAt): Promise<string | null> {
  station.now = NOW + DAY;
  return codeOf(await call(station, world.caller()));
}

export function codeOf(result: Awaited<ReturnType<typeof call>>): string | null {
  return isRefusal(result) ? result.code : null;
}

const MONTH = 30 * DAY;

export const listAttacks: readonly StationRow[] = [
  listing('LIST_SIGNATURE', 'owner of the network who cuts a station off and prolongs its list himself', {
    list: (world) => world.list([world.entry], { version: 3, notAfter: NOW + MONTH }, newKey()),
    wants: paysOn,
  }),
  listing('LIST_OTHER_DEPLOYMENT', 'a test deployment of the same bank on the same server', {
    list: ({ test, bank }) =>
      signedList(listOf(test, [], { version: 9, checkpoint: bank.log.checkpoint() }), bank.server.list),
    wants: shutOut,
  }),
  listing('LIST_OTHER_STATION', 'owner of the network with the list of another station', {
    list: (world) => world.list([], { version: 9, station: 'south' }),
    wants: shutOut,
  }),
  listing('LIST_VERSION_BACK', 'owner of the network with a list from before the key was trusted', {
    list: (world) => world.list([], { version: 1 }),
    wants: shutOut,
  }),
  listing('LIST_CHECKPOINT', 'rogue trust list: thief of the list key without the log key', {
    list: (world) =>
      world.list([world.entry], {
        version: 3,
        notAfter: NOW + MONTH,
        checkpoint: world.bank.log.checkpoint(serverKeys().log),
      }),
    wants: paysOn,
  }),
  {
    check: 'LIST_ROLLED_BACK',
    attacker: 'restored copy of the platform, from before the key was disabled',
    strategy: async (world, laws) => {
      const before = world.bank.log.checkpoint();
      listEntry(world.bank, world.card, {}); // what was decided since is more of the log
      const station = await world.station(laws);
      const change = { version: 3, notAfter: NOW + MONTH, checkpoint: before };
      const [refused] = await station.takeList(await world.list([world.entry], change));
      return refused ?? paysOn(world, station);
    },
  },
  {
    check: 'LIST_STALE',
    coveredBy: ['TRUST_LIST_RAN_OUT'],
    attacker: 'withheld time: a list of yesterday, its key disabled since',
    strategy: async (world, laws) => {
      const station = new StationAt(world.bank, laws);
      station.now = NOW + DAY;
      const [refused] = await station.takeList(await world.list([world.entry]));
      return refused ?? codeOf(await call(station, world.caller()));
    },
  },
];

type Entering = EntryChange & { readonly of?: 'test card' };

/** He wants a key on the list of a station that does not know it yet; he owns the server and seals what he likes. */
function entering(
  check: string,
  attacker: string,
  change: (world: StationWorld) => Entering,
  coveredBy?: readonly string[],
): StationRow {
  const strategy: Strategy = async (world, laws) => {
    const { of, ...altered } = change(world);
    const entry = listEntry(world.bank, of === undefined ? world.card : world.testCard, altered);
    const station = new StationAt(world.bank, laws);
    const [refused] = await station.takeList(await world.list([entry]));
    return refused ?? (station.accepts(entry.cardKey) ? null : 'NOT_ACCEPTED');
  };
  return { check, attacker, strategy, ...(coveredBy === undefined ? {} : { coveredBy }) };
}

const approving =
  (...by: readonly (readonly [keyof Bank['people'], number?])[]) =>
  ({ bank }: StationWorld): Pick<EntryChange, 'approvals'> => ({
    approvals: (bytes) => by.map(([id, keyAt = 0]) => signs(bank.people[id], bytes, { keyAt })),
  });

/** The key is trusted for a branch, which wants a third person: by Ada, by Ben, and by what was made of Fay's passkey. */
export const passkeyAttacks: readonly StationRow[] = passkeyPlans.map(({ check, attacker, change }) =>
  entering(check, attacker, ({ bank: { people: known } }) => ({
    order: { site: 'branch' },
    approvals: (bytes) => [
      signs(known.ada, bytes),
      signs(known.ben, bytes),
      asserts(known.fay.keys[0]!.privateKey, { bytes, pinned: PINNED }, change(bytes)),
    ],
  })),
);

export const fourEyesAttacks: readonly StationRow[] = [
  entering('ORDER_OTHER_DEPLOYMENT', 'a test deployment of the same bank, where approvals are cheap', ({ test }) => ({
    order: { genesis: test.genesisId },
  })),
  {
    check: 'APPROVER_SET_ALTERED',
    attacker: 'rogue approver set in the place of the one whose hash is pinned',
    strategy: ({ bank, entry }, laws) => {
      const rogue = people();
      const setBytes = approverSetBytes(setOf(Object.values(rogue)));
      const bytes = Uint8Array.from(Buffer.from(entry.order, 'latin1'));
      const approvals = [signs(rogue.ada, bytes), signs(rogue.ben, bytes)];
      const held = { pins: { genesis: bank.genesisId, approverSet: bank.setHash }, setBytes };
      const approved = checkApprovedOrder({ bytes, approvals }, held, laws.fourEyes);
      return Promise.resolve(isRefusal(approved) ? approved.code : null);
    },
  },
  entering('ORDER_OTHER_APPROVER_SET', 'rogue approver set: an order under a set that is no longer in force', () => ({
    order: { approverSet: hashId(Uint8Array.of(6)) },
  })),
  entering(
    'NO_POLICY',
    'owner of server and database with an order for a site that has no rule, and no approval',
    () => ({
      order: { site: 'nowhere' },
      approvals: () => [],
    }),
  ),
  entering(
    'ENFORCEMENT_FORBIDDEN',
    'two officers who would rather have a token that signs for whoever has its PIN',
    ({ bank }) => {
      const bytes = bank.issueCard('CC-01', bank.genesisId, { enforcement: 'host' });
      return { bytes, approvals: bank.approvals };
    },
    ['ENTRY_ORDER_KIND'],
  ),
  entering('APPROVAL_KEY_UNKNOWN', 'two officers with a stranger in the place of the third', ({ bank }) => {
    const { cem } = people();
    return { order: { site: 'branch' }, approvals: (bytes) => [...bank.approvals(bytes), signs(cem, bytes)] };
  }),
  entering('APPROVAL_NOT_APPROVER', 'one officer with a colleague who may only ask', approving(['ada'], ['dot'])),
  entering('APPROVAL_SIGNATURE', 'one officer with the server and an approval of another order', ({ bank }) => ({
    approvals: (bytes) => [signs(bank.people.ada, bytes), signs(bank.people.ben, bank.enrolStation('south'))],
  })),
  entering(
    'CUSTODIAN_APPROVES',
    'custodian who approves the issue of the card that he keeps',
    (world) => ({ bytes: world.bank.issueCard('CC-01', world.bank.genesisId), ...approving(['ben'], ['cem'])(world) }),
    ['ENTRY_ORDER_KIND'],
  ),
  entering('QUORUM_PERSONS', 'two officers, one with all his credentials, where three persons are needed', (world) => ({
    ...approving(['ada', 0], ['ben', 0], ['ada', 2])(world),
    order: { site: 'branch' },
  })),
  entering('QUORUM_PERSONS', 'one person with all his credentials', approving(['ada', 0], ['ada', 1]), [
    'QUORUM_CLASS_A',
  ]),
  entering('QUORUM_CLASS_A', HOSTILE_DASHBOARD, approving(['ada', 2], ['ben', 1])),
];

/** A key without a card around it. */
function softKey() {
  const spki = spkiOfPrivate(newKey());
  return { spki, cardKey: octetsOf(cardKeyOf(spki)) };
}

export const birthAttacks: readonly StationRow[] = [
  entering('BIRTH_DEVICE_UNKNOWN', 'maker of a soft key that calls itself a card', () => {
    const { spki, cardKey } = softKey();
    return { spki, birth: { cardKey }, deviceKey: newKey() };
  }),
  entering('BIRTH_SIGNATURE', 'maker of a soft key with the device certificate of a genuine card', () => {
    const { spki, cardKey } = softKey();
    return { spki, birth: { cardKey }, birthSigner: newKey() };
  }),
  entering('BIRTH_OTHER_CARD', 'genuine card that speaks in the name of another', () => ({ birth: { card: 'CC-99' } })),
  entering('BIRTH_OTHER_KEY', 'unit that swaps the key of the card', () => ({ spki: softKey().spki })),
  entering('BIRTH_OTHER_DEPLOYMENT', 'card of a test deployment of the same bank', () => ({ of: 'test card' })),
];

/** The key is suspended by a list; then the server lists it as active again under the order of before. */
const trustedAgain: Strategy = async (world, laws) => {
  const station = await world.station(laws);
  await station.takeList(await world.list([{ ...world.entry, state: 'suspended' }], { version: 3 }));
  const [refused] = await station.takeList(await world.list([world.entry], { version: 4 }));
  return refused ?? (station.accepts(world.card.cardKey) ? null : 'STILL_SUSPENDED');
};

export const entryAttacks: readonly StationRow[] = [
  entering('ENTRY_ORDER_KIND', 'owner of server and database with an approved order of another kind', ({ bank }) => ({
    bytes: bank.enrolStation('south'),
  })),
  {
    check: 'ENTRY_ORDER_USED',
    attacker: 'owner of server and database who makes a suspended key active again',
    strategy: trustedAgain,
  },
  entering('ENTRY_OTHER_STATION', 'owner of server and database with a key approved for another station', () => ({
    order: { stations: ['south'] },
  })),
  entering(
    'ENTRY_OTHER_KEY',
    'rogue trust list that gives a key a false name, so that nobody can take it away',
    () => ({
      entry: { cardKey: hashId(Uint8Array.of(9)) },
    }),
  ),
  entering(
    'ENTRY_OTHER_KEY',
    'rogue trust list with the approved order of another card',
    ({ bank, testCard, card, test }) => ({
      bytes: bank.trustKey({ card: card.card, cardKey: testCard.cardKey, birth: hashId(test.genesis) }),
    }),
    ['ENTRY_OTHER_BIRTH'],
  ),
  entering('ENTRY_OTHER_BIRTH', 'card that states two births of one key', ({ bank, card }) => ({
    order: { birth: hashId(card.birth.birth) },
    birth: { approverSet: octetsOf(bank.genesisId), logKey: spkiOfPrivate(newKey()) },
  })),
  entering('ENTRY_ENFORCEMENT', 'token that signs for whoever has its PIN', () => ({
    birth: { enforcement: 'host' },
    madeAs: 'host',
  })),
  entering('ENTRY_EVENT', 'owner of server and database who shows another sealed event', ({ entry }) => ({
    event: { data: entry.event.data },
  })),
  entering('ENTRY_ORDER_EXPIRED', 'owner of server and database who uses an approved order a year later', () => {
    const at = rfc3339Of(NOW + 365 * DAY);
    return { event: { recordedAt: at, occurredAt: at } };
  }),
  entering('ENTRY_INCLUSION', 'owner of server and database who leaves the event out of the log', () => ({
    sealed: false,
  })),
  {
    check: 'ENTRY_NOT_WITNESSED',
    attacker: 'owner of server and log key who shows this station a log of its own',
    strategy: async ({ bank, entry }, laws) => {
      const station = new StationAt(bank, laws);
      const [refused] = await station.takeList(await signedList(forkedList(bank, entry), bank.server.list));
      return refused ?? (station.accepts(entry.cardKey) ? null : 'NOT_ACCEPTED');
    },
  },
];
