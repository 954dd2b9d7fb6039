/** Attackers from outside the bank, or from its own test room: other customers, other deployments, networks, second signatures. */
import { issueIdentity, parseCardAuthority } from '#libs/certificates/authority.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { SignedMessage } from '#libs/operation-protocol/messages.ts';
import { flippedCertificate, flippedProof, respelled } from './alterations.ts';
import { type Arena, SERIAL, paid, withdraws } from './arena.ts';
import type { NamedAttacker } from './attacker.ts';
import { NOW, openKey } from './bank.ts';
import { HeldCard, type IssuedCard } from './held-card.ts';
import { HeldModule } from './held-module.ts';
import { type Gain, gain } from './outcome.ts';
import { newKey, orThrow, signs, spkiOfPrivate } from './people.ts';
import type { Caller } from './rogue-module.ts';
import { serveAs } from './rogue-station.ts';
import { listEntry, listOf, signedList } from './trust-lists.ts';
import { type Visit, installation, visit } from './visit.ts';

/** An identity for a key of his own, by a card that he opened: the card CA poses as the module identity CA. */
function identityBy({ cardCa, memory }: IssuedCard, identityCa: Uint8Array): Partial<Visit> {
  const key = newKey();
  const { name, keyId } = orThrow(parseCardAuthority(cardCa));
  const issuer = { name, keyId, sign: (tbs: Uint8Array) => signRaw(tbs, openKey(memory.signingKey)) };
  const module = { organization: 'Module Works', moduleSerial: SERIAL, moduleClass: 'SM-A1', notBefore: NOW };
  const identity = issueIdentity({ ...module, spki: spkiOfPrivate(key), issuer });
  return {
    request: (genuine) => ({ ...genuine, identity, identityCa, signature: signRaw(genuine.attestation, key) }),
  };
}

/** A whole honest personalization elsewhere, for a module that waits for this bank's card. */
async function installsFrom(
  arena: Arena,
  elsewhere: Partial<Visit> & Pick<Visit, 'bank' | 'issued'>,
): Promise<Gain | Refusal> {
  const module = new HeldModule(arena.thirteen);
  orThrow(await arena.visit({ module }));
  const it = arena.visitOf({ card: new HeldCard(elsewhere.issued.memory), ...elsewhere });
  const answer = module.execute(installation(it, orThrow(await visit(it))));
  return isRefusal(answer) ? answer : gain('module in operation');
}

/** A module that is genuine elsewhere calls this bank's station. */
async function callsFrom(arena: Arena, elsewhere: Partial<Visit>): Promise<Gain | Refusal> {
  const { caller } = await arena.operating(elsewhere);
  const { station } = await arena.station();
  return paid(station, { ...caller, bank: arena.bank });
}

export const otherCustomer: NamedAttacker = {
  name: 'another customer’s card CA posing as identity CA',
  ways: [
    (arena) => arena.certificate(identityBy(arena.cards.rivalCard, arena.cards.rivalCard.cardCa)),
    (arena) => arena.certificate(identityBy(arena.cards.rivalCard, arena.bank.maker.works.identityCa)),
    (arena) => arena.certificate(identityBy(arena.cards.rivalCard, arena.bank.maker.works.customerCa)),
    (arena) => installsFrom(arena, { bank: arena.rival, issued: arena.cards.rivalCard }),
    (arena) => callsFrom(arena, { bank: arena.rival, issued: arena.cards.rivalCard }),
  ],
  remains:
    'any customer can personalize a module that is still fresh; a delivery note would forbid it and is not there yet',
};

export const testDeployment: NamedAttacker = {
  name: 'a test deployment of the same bank',
  ways: [
    (arena) => arena.certificate({ bytes: arena.test.personalize(arena.cards.card.cardKey) }),
    (arena) => arena.certificate({ asked: { genesis: arena.test.genesis } }),
    (arena) => installsFrom(arena, { bank: arena.test, issued: arena.cards.testCard }),
    (arena) => callsFrom(arena, { bank: arena.test, issued: arena.cards.testCard }),
    (arena) => {
      const { test, cards, entry } = arena;
      return arena.enters({ ...listEntry(test, cards.testCard), index: entry.index, event: entry.event });
    },
    (arena) => arena.enters(listEntry(arena.bank, arena.cards.testCard)),
    (arena) =>
      signedList(listOf(arena.test, [], { version: 9 }), arena.bank.server.list).then((jws) => arena.lists(jws)),
  ],
  remains: null,
};

/** What a rogue station heard of a module, said again in a session of its own. */
async function passesOn(arena: Arena, as: (caller: Caller) => Caller): Promise<Gain | Refusal> {
  const { caller } = await arena.operating();
  const [{ station: near }, { station: far }] = [await arena.station(), await arena.station()];
  const heard: SignedMessage[] = [];
  await paid(near, caller, {
    instead: (signed) => {
      heard.push(signed);
      return signed;
    },
  });
  return paid(far, as(caller), { instead: (own) => heard[0] ?? own });
}

export const rogueStation: NamedAttacker = {
  name: 'rogue station passing messages on',
  ways: [
    async (arena) => {
      const { module } = await arena.operating();
      const key = newKey();
      const { organization } = arena.bank;
      return withdraws(module, { facts: [], serve: (duplex) => serveAs(duplex, { organization, stationKey: key }) });
    },
    (arena) => passesOn(arena, (caller) => caller),
    async (arena) => {
      const fourteen = await arena.operating({ module: new HeldModule(arena.fourteen) });
      return passesOn(arena, () => fourteen.caller);
    },
    async (arena, dice) => {
      const { caller } = await arena.operating();
      const { station } = await arena.station();
      const amount = 5001 + dice.below(40_000);
      return paid(station, caller, { instead: (signed) => ({ ...signed, message: { ...signed.message, amount } }) });
    },
    async (arena, dice) => {
      const { caller } = await arena.operating();
      const { station } = await arena.station();
      return paid(station, caller, { asked: { counter: dice.pick([1, 3, 4, 40]) } });
    },
  ],
  remains: 'he can cut the line; the ATM pays only what it asked for itself',
};

/** He has more proofs than persons. */
const proofs = (arena: Arena, make: (one: Proof, other: Proof) => readonly Proof[]) => {
  const { ada } = arena.bank.people;
  const bytes = arena.bank.personalize(arena.cards.card.cardKey, { site: 'branch' });
  return arena.certificate({ bytes, approvals: () => make(signs(ada, bytes), signs(ada, bytes)) });
};

export const secondSignatures: NamedAttacker = {
  name: 'malleable and duplicated signatures',
  ways: [
    (arena) => proofs(arena, (one) => [one, flippedProof(one)]),
    (arena, dice) =>
      proofs(arena, (one, other) => Array.from({ length: 2 + dice.below(20) }, () => dice.pick([one, other]))),
    (arena, dice) => {
      const genuine = arena.bank.personalize(arena.cards.card.cardKey);
      return arena.certificate({ bytes: respelled(genuine, dice) });
    },
    async (arena) => {
      const it = arena.visitOf();
      const genuine = installation(it, orThrow(await visit(it)));
      const answer = it.module.execute({ ...genuine, certificate: flippedCertificate(genuine.certificate) });
      return isRefusal(answer) ? answer : gain('second certificate');
    },
    async (arena) => {
      const { caller } = await arena.operating();
      const { station } = await arena.station();
      return paid(station, { ...caller, certificate: flippedCertificate(caller.certificate) });
    },
    async (arena, dice) => {
      const { caller } = await arena.operating();
      const { station } = await arena.station();
      return paid(station, caller, { times: 2 + dice.below(3) });
    },
  ],
  remains: 'a flipped approval is still one person’s approval, and counts once',
};
