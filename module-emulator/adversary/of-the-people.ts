/** Attackers among the people of the bank, and thieves of what they carry. */
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { assemble, parseModuleCertificate } from '#libs/certificates/module-operation.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type Arena, paid, withdraws } from './arena.ts';
import type { NamedAttacker, Way } from './attacker.ts';
import { DAY, NOW } from './bank.ts';
import { HeldCard, PINS, issuedCard, presentAll, deviceKeyOf } from './held-card.ts';
import { type Gain, gain } from './outcome.ts';
import { newKey, orThrow, signs } from './people.ts';
import { flippedProof } from './alterations.ts';
import { listEntry } from './trust-lists.ts';

/** He wants a card of his own that signs. */
async function activates(
  arena: Arena,
  card: string,
  by: readonly (keyof Arena['bank']['people'])[],
): Promise<Gain | Refusal> {
  const { bank } = arena;
  const { memory } = await issuedCard(bank, card);
  const client = await new HeldCard(memory).withCustodians();
  const bytes = bank.issueCard(card, deviceKeyOf(memory));
  const approvals = by.map((id) => signs(bank.people[id], bytes));
  const refusal =
    (await client.presentOrder(bytes)) ?? (await presentAll(client, approvals)) ?? (await client.activate());
  return refusal ?? gain('card');
}

export const onePerson: NamedAttacker = {
  name: 'one person with all his credentials',
  ways: [
    (arena, dice) => {
      const { ada } = arena.bank.people;
      const keys = dice.pick([
        [0, 1],
        [0, 1, 2],
        [0, 0],
        [1, 2, 2, 0],
      ]);
      return arena.certificate({ approvals: (bytes) => keys.map((keyAt) => signs(ada, bytes, { keyAt })) });
    },
    (arena) => {
      const { ada } = arena.bank.people;
      const bytes = arena.bank.personalize(arena.cards.card.cardKey, { site: 'branch' });
      return arena.certificate({ bytes, approvals: () => [0, 1, 2].map((keyAt) => signs(ada, bytes, { keyAt })) });
    },
    (arena) => activates(arena, 'CC-09', ['ada', 'ada']),
    (arena) => activates(arena, 'CC-09', ['ben', 'cem']),
    (arena) => {
      const { ada } = arena.bank.people;
      const approvals = (bytes: Uint8Array) => [signs(ada, bytes), signs(ada, bytes, { keyAt: 1 })];
      return arena.enters(listEntry(arena.bank, arena.cards.second, { approvals }));
    },
  ],
  remains: 'he can ask, decline and, as an officer, suspend a key at once',
};

export const officerWithServer: NamedAttacker = {
  name: 'one officer with the server',
  ways: [
    (arena, dice) => {
      const { ada, ben } = arena.bank.people;
      const forged = (bytes: Uint8Array) => {
        const one = signs(ben, bytes);
        const signature = Buffer.from(dice.octets()).toString('base64url').concat(one.signature.slice(43));
        return { ...one, signature };
      };
      return arena.certificate({ approvals: (bytes) => [signs(ada, bytes), forged(bytes)] });
    },
    (arena) => {
      const { bank, cards } = arena;
      const { ada, ben } = bank.people;
      const other = bank.personalize(cards.card.cardKey);
      return arena.certificate({ approvals: (bytes) => [signs(ada, bytes), signs(ben, other)] });
    },
    (arena) => {
      const { ada, ben } = arena.bank.people;
      return arena.certificate({ approvals: (bytes) => [signs(ada, bytes), signs(ben, bytes, { keyAt: 1 })] });
    },
    (arena) => {
      const { ada, dot } = arena.bank.people;
      return arena.certificate({ approvals: (bytes) => [signs(ada, bytes), signs(dot, bytes)] });
    },
    (arena) => {
      const { ada, ben } = arena.bank.people;
      const approvals = (bytes: Uint8Array) => [
        signs(ada, bytes),
        flippedProof(signs(ada, bytes)),
        signs(ben, bytes, { keyAt: 1 }),
      ];
      return arena.enters(listEntry(arena.bank, arena.cards.second, { approvals }));
    },
  ],
  remains: 'he can ask, decline and suspend; where a policy takes class B he is enough, and is announced below',
};

/** He tries PINs until the card is blocked; the true one is not among them. */
const guesses: Way = async (arena, dice) => {
  const client = await new HeldCard(arena.cards.card.memory).powerOn();
  const owner = dice.pick(['technician', 'custodian1', 'custodian2'] as const);
  for (let tries = 0; tries < 4; tries += 1) {
    const guess = String(dice.below(100_000)).padStart(5, '0');
    const refusal = await client.verifyPin(owner, guess);
    if (refusal?.code === 'PIN_BLOCKED') return (await client.verifyPin(owner, PINS[owner])) ?? gain('card open');
    if (refusal === null) return gain('card open');
  }
  return gain('tries without end');
};

export const cardThief: NamedAttacker = {
  name: 'thief of a card, without its PINs',
  ways: [
    guesses,
    async (arena) => {
      const client = await new HeldCard(arena.cards.card.memory).powerOn();
      return (await client.presentOrder(arena.bank.personalize(arena.cards.card.cardKey))) ?? gain('order presented');
    },
    async (arena) => {
      const client = await new HeldCard(arena.cards.card.memory).powerOn();
      const born = await client.generateKey();
      return isRefusal(born) ? born : gain('key');
    },
    async (arena) => {
      const client = await new HeldCard(arena.cards.card.memory).powerOn();
      return (await client.activate()) ?? gain('card');
    },
  ],
  remains: 'with the technician’s PIN he still needs an approved order, its module and a lease',
};

export const unitThief: NamedAttacker = {
  name: 'thief of the disk of a unit, with the card and the technician’s PIN',
  ways: [
    async (arena) => {
      const card = new HeldCard(arena.cards.card.memory);
      const { bytes } = orThrow(await arena.visit({ card }));
      return arena.certificate({ card, bytes, putLease: null });
    },
    (arena) => {
      const bytes = arena.bank.personalize(arena.cards.card.cardKey);
      return arena.certificate({ bytes, lease: { withdrawn: [sha256(bytes)] } });
    },
    async (arena) => {
      const card = new HeldCard(arena.cards.card.memory);
      const { request } = orThrow(await arena.visit({ card }));
      return arena.certificate({ card, request: () => request });
    },
    (arena) => arena.certificate({ leaseKey: newKey() }),
  ],
  remains:
    'he gets certificates again that the card gave before; headquarters answers the stolen credential until it is withdrawn',
};

export const moduleThief: NamedAttacker = {
  name: 'thief of a module',
  ways: [
    async (arena, dice) => {
      const { module } = await arena.operating();
      const type = dice.pick(['Discard', 'MakeKey'] as const);
      const asked = { ...base(arena), unitRandom: dice.octets(), challenge: dice.octets() };
      const answer = module.execute(type === 'Discard' ? { type } : { type, ...asked });
      return isRefusal(answer) ? answer : gain('module reset');
    },
    async (arena, dice) => {
      const { module } = await arena.operating();
      const { station } = await arena.station();
      return withdraws(module, station, 50_001 + dice.below(1_000_000));
    },
    async (arena) => {
      const { caller } = await arena.operating();
      const { station } = await arena.station();
      return paid(station, { ...caller, serial: 'SM-000014' });
    },
  ],
  remains: 'he withdraws within the bounds of one transaction until the certificate is revoked',
};

function base(arena: Arena) {
  const { bank } = arena;
  const hashes = { genesis: bank.genesis, orderHash: bank.stationKeyHash, cardKey: bank.stationKeyHash };
  return { ...hashes, unitTime: NOW, keyBirth: 'personalization-with-salt' } as const;
}

export const folderThief: NamedAttacker = {
  name: 'thief of the data folder of the station',
  ways: [
    async (arena) => {
      const { caller } = await arena.operating();
      const { station } = await arena.station();
      const { tbs } = orThrow(parseModuleCertificate(caller.certificate));
      return paid(station, { ...caller, certificate: assemble(tbs, signRaw(tbs, newKey())) });
    },
    async (arena, dice) => {
      const { caller } = await arena.operating();
      const { station, clock } = await arena.station(); // with the memory of before, put back
      clock.now = NOW + 301 + dice.below(30 * DAY);
      return paid(station, caller);
    },
  ],
  remains: 'with the month’s account key he can try account numbers against the record of that month',
};
