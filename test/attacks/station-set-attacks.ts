/** Attacks by approver sets: each has a station believe that others approve than the officers decided on. */
import { type ApproverSet, approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import type { Order } from '#libs/kernel/order.ts';
import { orderBytes, parseOrder } from '#libs/kernel/order.ts';
import type { TrustList } from '#libs/kernel/trust-list.ts';
import type { Bank } from '#module-emulator/adversary/bank.ts';
import { officer, orThrow, setOf, signs } from '#module-emulator/adversary/people.ts';
import { listEntry } from '#module-emulator/adversary/trust-lists.ts';
import type { StationRow } from './station-list-attacks.ts';
import { StationAt, type StationWorld } from './station-world.ts';

type Link = TrustList['approverSets'][number];

const mallory = officer('mallory', ['requester', 'approver'], ['A']);
const eve = officer('eve', ['approver'], ['A']);

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A set of strangers, in the place after the one in force unless something else is said. */
function rogue(bank: Bank, change: Partial<ApproverSet> = {}): ApproverSet {
  return setOf([mallory, eve], { version: 8, previous: bank.setHash, ...change });
}

/** An order to adopt a set, whatever set it is. */
function adopting(bank: Bank, set: ApproverSet): Uint8Array {
  const {
    kind: _,
    station: _1,
    credential: _2,
    stationKey: _3,
    stationNextKey: _4,
    ...common
  } = orThrow(parseOrder(bank.enrolStation('x'))) as Extract<Order, { kind: 'enrol-station' }>;
  const { version, previous } = set;
  const named = { version, previous, set: approverSetHash(approverSetBytes(set)) };
  return orderBytes({ ...common, kind: 'adopt-approver-set', ...named });
}

export function link(bank: Bank, set: ApproverSet, order = adopting(bank, set), approvals = bank.approvals): Link {
  return { document: textOf(approverSetBytes(set)), order: textOf(order), approvals: approvals(order) };
}

/** He wants a key on the list by an order that his own people approved. */
function ruling(
  check: string,
  attacker: string,
  it: { readonly set: (bank: Bank) => ApproverSet; readonly shows: (world: StationWorld, set: ApproverSet) => Link },
): StationRow {
  return {
    check,
    attacker,
    strategy: async (world, laws) => {
      const set = it.set(world.bank);
      const approverSet = approverSetHash(approverSetBytes(set));
      const approvals = (bytes: Uint8Array) => [signs(mallory, bytes), signs(eve, bytes)];
      const entry = listEntry(world.bank, world.card, { order: { approverSet, requester: 'mallory' }, approvals });
      const station = new StationAt(world.bank, laws);
      const [refused] = await station.takeList(await world.list([entry], { approverSets: [it.shows(world, set)] }));
      return refused ?? (station.accepts(entry.cardKey) ? null : 'NOT_ACCEPTED');
    },
  };
}

/** Widening needs two of class A whatever the policy says: that check stops them too. */
const coveredBy = ['QUORUM_CLASS_A'];

export const setAttacks: readonly StationRow[] = [
  {
    ...ruling('QUORUM_PERSONS', 'one officer with the server, who adopts a set of his friends', {
      set: rogue,
      shows: ({ bank }, set) => link(bank, set, adopting(bank, set), (bytes) => [signs(bank.people.ada, bytes)]),
    }),
    coveredBy,
  },
  {
    ...ruling('APPROVAL_KEY_UNKNOWN', 'strangers who adopt themselves', {
      set: rogue,
      shows: ({ bank }, set) =>
        link(bank, set, adopting(bank, set), (bytes) => [signs(mallory, bytes), signs(eve, bytes)]),
    }),
    coveredBy,
  },
  ruling('SET_ORDER_KIND', 'owner of the server, who shows an order of another kind behind his set', {
    set: rogue,
    shows: ({ bank }, set) => link(bank, set, bank.enrolStation('south')),
  }),
  ruling('SET_OTHER_DOCUMENT', 'owner of the server, who puts his set behind the order for a true one', {
    set: rogue,
    shows: ({ bank }, set) =>
      link(bank, set, adopting(bank, setOf(Object.values(bank.people), { version: 8, previous: bank.setHash }))),
  }),
  ruling('SET_OTHER_PREVIOUS', 'owner of the server, who passes over the set that dismissed his friends', {
    set: (bank) => rogue(bank, { version: 8, previous: approverSetHash(approverSetBytes(rogue(bank))) }),
    shows: ({ bank }, set) => link(bank, set),
  }),
  ruling('SET_VERSION_NOT_NEXT', 'officer who has a last version adopted, which no set can ever follow', {
    set: (bank) => rogue(bank, { version: 0xffffffff }),
    shows: ({ bank }, set) => link(bank, set),
  }),
];
