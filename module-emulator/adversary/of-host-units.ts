/** Units that leave their law to the host: who would have one let in, and what its thief gets where a policy lets it in. */
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { PROFILE, assemble, buildTbs } from '#libs/certificates/module-operation.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { SigningKeys } from '../chip-card/keys.ts';
import { keyOutside } from '../chip-card/memory.ts';
import { type Arena, SERIAL, paid } from './arena.ts';
import type { Conceded, NamedAttacker } from './attacker.ts';
import { Bank, DAY, NOW } from './bank.ts';
import { HeldCard, type IssuedCard, activeCard, deviceKeyOf, issuedCard, presentAll } from './held-card.ts';
import { type Gain, gain } from './outcome.ts';
import { newKey, orThrow, spkiOfPrivate } from './people.ts';
import type { Caller } from './rogue-module.ts';
import { listEntry, listOf, signedList } from './trust-lists.ts';

/** A key that signs for whoever holds this. */
function keyOnHost(): SigningKeys {
  const key = newKey();
  return {
    enforcement: 'host',
    make: () => keyOutside(spkiOfPrivate(key)),
    sign: (_held, over) => signRaw(over, key),
  };
}

/** Two officers approve it in due form, but the policy lets in cards only. */
async function activatesAgent({ bank }: Arena): Promise<Gain | Refusal> {
  const keys = keyOnHost();
  const { memory } = await issuedCard(bank, 'CC-09', keys);
  const client = await new HeldCard(memory, keys).withCustodians();
  const bytes = bank.issueCard('CC-09', deviceKeyOf(memory), { enforcement: 'host' });
  const refusal =
    (await client.presentOrder(bytes)) ??
    (await presentAll(client, bank.approvals(bytes))) ??
    (await client.activate());
  return refusal ?? gain('agent');
}

export const tokenBuyer: NamedAttacker = {
  name: 'two officers who would rather have a token than a card',
  ways: [
    activatesAgent,
    async (arena) => arena.enters(listEntry(arena.bank, await issuedCard(arena.bank, 'CC-09', keyOnHost()))),
    async (arena) => {
      const agent = await issuedCard(arena.bank, 'CC-09', keyOnHost());
      return arena.enters(listEntry(arena.bank, agent, { birth: { enforcement: 'device' } }));
    },
  ],
  remains: 'where the policy lets such units in, they can be issued, and say host wherever they are shown',
};

/** A certificate for a key of his own, with no order behind it. */
function forged(bank: Bank, { cardCa }: IssuedCard, keys: SigningKeys): Caller {
  const key = newKey();
  const { name, keyId } = orThrow(parseCardAuthority(cardCa));
  const tbs = buildTbs({
    orderHash: randomOctets(32),
    spki: spkiOfPrivate(key),
    logNumber: 1,
    previousLogHead: new Uint8Array(32),
    issuerName: name,
    issuerKeyId: keyId,
    notBefore: NOW - DAY,
    notAfter: NOW + 3600 * DAY,
    organization: bank.organization,
    profile: PROFILE,
    moduleSerial: SERIAL,
    enforcement: 'host',
    stationKeyHash: bank.stationKeyHash,
    approverSetVersion: bank.set.version,
    epoch: 1,
    assurance: 'manufacturer-anchored',
  });
  return { bank, certificate: assemble(tbs, keys.sign('', tbs)), key, serial: SERIAL, epoch: 1 };
}

export const hostThief: Conceded = {
  name: 'thief of key and PIN of a token, where a policy lets in units that leave their law to the host',
  why: 'the token signs any digest for whoever has its PIN: no order, no approval, no log; a card would have refused him',
  way: async (arena) => {
    const bank = new Bank({ maker: arena.bank.maker, hostAllowed: true });
    const keys = keyOnHost();
    const agent = await activeCard(bank, 'CC-H1', keys);
    const station = arena.stationOf(bank);
    const [code] = await station.takeList(await signedList(listOf(bank, [listEntry(bank, agent)]), bank.server.list));
    if (code !== undefined) return refuse(code, 'The station refused the list or its entry.');
    return paid(station, forged(bank, agent, keys));
  },
};
