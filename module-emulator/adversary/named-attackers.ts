/** The named attackers whom this deployment already meets, what is meant to fall, and whom it does not meet yet. */
import { sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Conceded, NamedAttacker } from './attacker.ts';
import { DAY, NOW } from './bank.ts';
import { hostThief, tokenBuyer } from './of-host-units.ts';
import { otherCustomer, rogueStation, secondSignatures, testDeployment } from './of-strangers.ts';
import { phisher } from './of-the-passkeys.ts';
import { cardThief, folderThief, moduleThief, officerWithServer, onePerson, unitThief } from './of-the-people.ts';
import { hostileDashboard, rogueApproverSet, rogueTrustList, serverOwner, twoHistories } from './of-the-server.ts';
import { relay, restoredImages, swappingUnit, twoCards, withheldTime } from './of-the-unit.ts';
import { fieldKeeper, oldTicket } from './of-the-tickets.ts';
import type { Gain } from './outcome.ts';
import { signs } from './people.ts';

export const namedAttackers: readonly NamedAttacker[] = [
  serverOwner,
  hostileDashboard,
  rogueApproverSet,
  rogueTrustList,
  twoHistories,
  swappingUnit,
  otherCustomer,
  testDeployment,
  relay,
  twoCards,
  restoredImages,
  withheldTime,
  onePerson,
  officerWithServer,
  phisher,
  cardThief,
  unitThief,
  moduleThief,
  folderThief,
  rogueStation,
  secondSignatures,
  oldTicket,
  fieldKeeper,
  tokenBuyer,
];

/** Only an order that an honest lease ends can be extended by another lease. */
function extended(honest: Gain | Refusal, byHim: () => Promise<Gain | Refusal>): Promise<Gain | Refusal> {
  const notEnded = { is: 'refusal', code: 'NOT_ENDED', message: 'An honest lease does not end this order.' } as const;
  return isRefusal(honest) ? byHim() : Promise.resolve(notEnded);
}

/** He gets through, and whoever sets such a policy or keeps such a key was told. */
export const conceded: readonly Conceded[] = [
  hostThief,
  {
    name: 'hostile dashboard where a policy takes two class B persons',
    why: 'a class B key signs what the page gives it; a policy has to demand class A, which renders the bytes itself',
    way: (arena) => {
      const { bank, cards } = arena;
      const { ada, ben } = bank.people;
      const bytes = bank.personalize(cards.card.cardKey, { site: 'branch' });
      return arena.certificate({
        bytes,
        approvals: () => [signs(ada, bytes, { keyAt: 2 }), signs(ben, bytes, { keyAt: 1 })],
      });
    },
  },
  {
    name: 'one officer with the server where a policy takes class A and class B',
    why: 'he signs himself, and the page that he owns has the other sign; two class A persons are out of his reach',
    way: (arena) => {
      const { bank, cards } = arena;
      const { ada, fay } = bank.people;
      const bytes = bank.personalize(cards.card.cardKey, { site: 'branch' });
      return arena.certificate({ bytes, approvals: () => [signs(ada, bytes), signs(fay, bytes)] });
    },
  },
  {
    name: 'owner of headquarters’ lease key with an expired order',
    why: 'he tells the card its time, as long as it has seen no later one: he can extend an approved order, never approve one',
    way: async (arena) => {
      const window = { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY };
      const bytes = arena.bank.personalize(arena.cards.card.cardKey, window);
      return extended(await arena.certificate({ bytes }), () =>
        arena.certificate({ bytes, lease: { time: NOW - 2 * DAY } }),
      );
    },
  },
  {
    name: 'owner of headquarters’ lease key with a withdrawn order',
    why: 'the card hears of a withdrawal by the lease alone; he leaves it out, for an order that two persons did approve',
    way: async (arena) => {
      const bytes = arena.bank.personalize(arena.cards.card.cardKey);
      const told = await arena.certificate({ bytes, lease: { withdrawn: [sha256(bytes)] } });
      return extended(told, () => arena.certificate({ bytes }));
    },
  },
];

export interface NotYet {
  readonly name: string;
  readonly why: string;
}

export const notYetMet: readonly NotYet[] = [];
