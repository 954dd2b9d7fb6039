/** Attackers who own what the bank's server owns, or write in its name: lists, sets, pages. */
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { altered } from './alterations.ts';
import type { Arena } from './arena.ts';
import type { NamedAttacker, Way } from './attacker.ts';
import { DAY, NOW, cardKeyOf, serverKeys } from './bank.ts';
import { HeldCard } from './held-card.ts';
import { HeldModule } from './held-module.ts';
import { gain } from './outcome.ts';
import { newKey, octetsOf, people, setOf, signs, spkiOfPrivate } from './people.ts';
import { type EntryChange, forkedList, listEntry, listOf, signedList } from './trust-lists.ts';

const softEntry = (arena: Arena, change: EntryChange) => {
  const spki = spkiOfPrivate(newKey());
  return listEntry(arena.bank, arena.cards.card, { spki, birth: { cardKey: octetsOf(cardKeyOf(spki)) }, ...change });
};

/** The key is suspended; then he lists it as active again under the order of before. */
const trustsAgain: Way = async (arena) => {
  const { station } = await arena.station();
  await station.takeList(await arena.list([{ ...arena.entry, state: 'suspended' }], { version: 3 }));
  const [code] = await station.takeList(await arena.list([arena.entry], { version: 4 }));
  const message = 'The station keeps the key suspended.';
  return station.accepts(arena.entry.cardKey) ? gain('trust') : { is: 'refusal', code: code ?? 'SUSPENDED', message };
};

/** A spent order once more, with honest leases, for a key of his choice. */
const spentOrder: Way = async (arena) => {
  const card = new HeldCard(arena.cards.card.memory);
  const bytes = arena.bank.personalize(arena.cards.card.cardKey);
  const first = await arena.visit({ card, bytes });
  return isRefusal(first) ? first : arena.certificate({ card, bytes, module: new HeldModule(arena.thirteen) });
};

export const serverOwner: NamedAttacker = {
  name: 'owner of server and database',
  ways: [
    (arena, dice) => {
      const genuine = arena.bank.personalize(arena.cards.card.cardKey);
      return arena.certificate({ bytes: altered(genuine, dice), approvals: () => arena.bank.approvals(genuine) });
    },
    (arena, dice) =>
      arena.certificate({
        approvals: (bytes) =>
          arena.bank.approvals(bytes).map((one) => ({
            ...one,
            signature: Buffer.from(dice.octets()).toString('base64url').concat(one.signature.slice(43)),
          })),
      }),
    (arena, dice) => {
      const type = dice.pick(['keyledger-withdrawal+jws', 'keyledger-report+jws', 'keyledger-decline+jws'] as const);
      const { ada, ben } = arena.bank.people;
      return arena.certificate({ approvals: (bytes) => [ada, ben].map((who) => signs(who, bytes, { type })) });
    },
    (arena, dice) => arena.certificate({ leaseKey: newKey(), lease: { time: NOW + dice.below(DAY) } }),
    (arena) =>
      arena.certificate({
        bytes: arena.bank.personalize(arena.cards.card.cardKey, { site: 'nowhere' }),
        approvals: () => [],
      }),
    (arena) => arena.enters(softEntry(arena, { approvals: () => arena.entry.approvals })),
    trustsAgain,
    spentOrder,
  ],
  remains: 'he can refuse, delay and take trust away, and show an old state until the next checkpoint is compared',
};

/** He trusts a key at one station and shows everybody else a log in which he never did. */
const secretly = async (arena: Arena, change: EntryChange): ReturnType<Way> => {
  const entry = listEntry(arena.bank, arena.cards.card, { sealed: false, ...change });
  return arena.trusts(await signedList(forkedList(arena.bank, entry), arena.bank.server.list), entry.cardKey);
};

export const twoHistories: NamedAttacker = {
  name: 'log that shows two histories',
  ways: [
    (arena) => secretly(arena, {}),
    (arena, dice) => secretly(arena, { event: { recordedAt: rfc3339Of(NOW - dice.below(DAY)) } }),
  ],
  remains: 'where the deployment asks for no witnesses, whoever holds the log key can show each station another log',
};

export const hostileDashboard: NamedAttacker = {
  name: 'hostile dashboard (shows one order, has another signed)',
  ways: [
    (arena) => {
      const { ada, ben } = arena.bank.people;
      return arena.certificate({
        approvals: (bytes) => [signs(ada, bytes, { keyAt: 2 }), signs(ben, bytes, { keyAt: 1 })],
      });
    },
    (arena, dice) => {
      const { ada, ben } = arena.bank.people;
      const shown = arena.bank.personalize(arena.cards.card.cardKey);
      const hidden = altered(shown, dice);
      return arena.certificate({
        bytes: hidden,
        approvals: () => [signs(ada, shown), signs(ben, hidden, { keyAt: 1 })],
      });
    },
    (arena, dice) => {
      const shown = arena.bank.personalize(arena.cards.card.cardKey);
      return arena.certificate({ bytes: altered(shown, dice), approvals: () => arena.bank.approvals(shown) });
    },
    (arena) => {
      const type = 'keyledger-bearer+jws';
      const { ada, ben } = arena.bank.people;
      return arena.certificate({ approvals: (bytes) => [signs(ada, bytes, { type }), signs(ben, bytes, { type })] });
    },
  ],
  remains:
    'a card accepts only bytes that were signed: class A renders them itself, class B signs what the page gives it',
};

export const rogueApproverSet: NamedAttacker = {
  name: 'rogue approver set',
  ways: [
    async (arena) => {
      const { bank, cards } = arena;
      const client = await new HeldCard(cards.card.memory).withCustodians();
      const approverSet = approverSetBytes(setOf(Object.values(people()), { version: 8 }));
      const keys = { leaseKeySpki: spkiOfPrivate(newKey()), identityCaSpki: spkiOfPrivate(newKey()) };
      const { genesis, organization } = bank;
      return (await client.putApproverSet({ genesis, organization, approverSet, ...keys })) ?? gain('approver set');
    },
    (arena, dice) => {
      const rogue = people();
      const approverSet = approverSetHash(
        approverSetBytes(setOf(Object.values(rogue), { version: 8 + dice.below(9) })),
      );
      const bytes = arena.bank.personalize(arena.cards.card.cardKey, { approverSet });
      return arena.certificate({ bytes, approvals: () => [signs(rogue.ada, bytes), signs(rogue.ben, bytes)] });
    },
    (arena) => {
      const { ada, ben } = people();
      return arena.certificate({ approvals: (bytes) => [signs(ada, bytes), signs(ben, bytes)] });
    },
    (arena) => {
      const { ada, ben } = people();
      return arena.enters(softEntry(arena, { approvals: (bytes) => [signs(ada, bytes), signs(ben, bytes)] }));
    },
    (arena, dice) => {
      const { set, people: officers } = arena.bank;
      const before = approverSetHash(approverSetBytes({ ...set, version: 1 + dice.below(6) }));
      const approve = (bytes: Uint8Array) => [signs(officers.ada, bytes), signs(officers.ben, bytes)];
      return arena.enters(softEntry(arena, { order: { approverSet: before }, approvals: approve }));
    },
  ],
  remains: null,
};

export const rogueTrustList: NamedAttacker = {
  name: 'rogue trust list',
  ways: [
    (arena) => arena.list([], { version: 3, notAfter: NO_END }, newKey()).then((jws) => arena.lists(jws)),
    (arena) =>
      arena
        .list([arena.entry], { version: 3, checkpoint: arena.bank.log.checkpoint(serverKeys().log) })
        .then((jws) => arena.lists(jws)),
    (arena, dice) =>
      arena.list([], { version: 3, station: `south-${dice.below(100)}` }).then((jws) => arena.lists(jws)),
    (arena) => arena.list([], { version: 1 }).then((jws) => arena.lists(jws)),
    (arena, dice) =>
      arena.list([], { version: 3, notAfter: NOW - 1 - dice.below(DAY) }).then((jws) => arena.lists(jws)),
    (arena) =>
      signedList(listOf(arena.test, [], { version: 3 }), arena.bank.server.list).then((jws) => arena.lists(jws)),
    (arena) => arena.enters(softEntry(arena, { bytes: Buffer.from(arena.entry.order, 'latin1') })),
    (arena) => arena.enters({ ...arena.entry, cardKey: cardKeyOf(spkiOfPrivate(newKey())) }),
    (arena, dice) => arena.enters({ ...arena.entry, approvals: [dice.pick(arena.entry.approvals)] }),
    (arena) => {
      const spki = spkiOfPrivate(newKey());
      const signer = newKey();
      const forged = { spki, birth: { cardKey: octetsOf(cardKeyOf(spki)) }, birthSigner: signer };
      return arena.enters(listEntry(arena.bank, arena.cards.card, forged));
    },
    (arena) => arena.enters(listEntry(arena.bank, arena.cards.card, { sealed: false })),
  ],
  remains: 'with list and log key he can shut modules out; he cannot let one in',
};
