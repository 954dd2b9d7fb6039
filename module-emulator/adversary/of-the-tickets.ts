/** Who keeps what was signed for a card or a module in the field: reset tickets, leases for several entries, approver sets. */
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { RequestOf } from '#libs/personalization-protocol/messages.ts';
import type { Arena } from './arena.ts';
import type { NamedAttacker } from './attacker.ts';
import { HeldCard, type IssuedCard, presentAll } from './held-card.ts';
import type { HeldModule } from './held-module.ts';
import { type Gain, gain } from './outcome.ts';
import { officer, orThrow, setOf, signs } from './people.ts';
import { type Visit, installation, leaseFor, present, visit } from './visit.ts';

function nonceOf(module: HeldModule): Uint8Array {
  const given = orThrow(module.execute({ type: 'ResetNonce' }));
  return given.type === 'NonceGiven' ? given.nonce : new Uint8Array(32);
}

/** The card's signature under a nonce, by an order and what headquarters says of it. */
async function ticket(it: Visit, bytes: Uint8Array, nonce: Uint8Array): Promise<Uint8Array | Refusal> {
  const presented = await present(it, bytes);
  if (isRefusal(presented)) return presented;
  const { lease, signature } = leaseFor(it, presented.challenge);
  return (await presented.client.putLease(lease, signature)) ?? presented.client.signReset(nonce);
}

function asked({ bank, issued }: Visit, bytes: Uint8Array, it: { nonce: Uint8Array; signature: Uint8Array }) {
  const { customerCa } = bank.maker.works;
  const chain = { customerCa, cardCa: issued.cardCa, crl: bank.maker.works.issueList() };
  return { type: 'Reset', orderHash: sha256(bytes), ...it, ...chain } as const;
}

function erases(module: HeldModule, request: RequestOf<'Reset'>): Gain | Refusal {
  const answer = module.execute(request);
  return isRefusal(answer) ? answer : gain('module without a key');
}

/** Module 13, reset in order and personalized again; and the ticket that did it. */
async function resetOnce(arena: Arena): Promise<{ it: Visit; bytes: Uint8Array; request: RequestOf<'Reset'> }> {
  const { module } = await arena.operating();
  const it = arena.visitOf({ module });
  const bytes = arena.bank.reset(it.issued.cardKey);
  const nonce = nonceOf(module);
  const request = asked(it, bytes, { nonce, signature: orThrow(await ticket(it, bytes, nonce)) });
  orThrow(module.execute(request));
  orThrow(module.execute(installation(it, orThrow(await visit(it)))));
  return { it, bytes, request };
}

/** A ticket that somebody has for module 13, under this order by this card. */
async function by(
  arena: Arena,
  change: { issued?: IssuedCard; bytes?: Uint8Array } & Partial<Visit>,
): Promise<Gain | Refusal> {
  const { module } = await arena.operating();
  const it = arena.visitOf({ module, ...change });
  const bytes = change.bytes ?? arena.bank.reset(it.issued.cardKey);
  const nonce = nonceOf(module);
  const signature = await ticket(it, bytes, nonce);
  return isRefusal(signature) ? signature : erases(module, asked(it, bytes, { nonce, signature }));
}

export const oldTicket: NamedAttacker = {
  name: 'old reset ticket',
  ways: [
    async (arena) => {
      const { it, request } = await resetOnce(arena);
      return erases(it.module, request);
    },
    async (arena) => {
      const { it, request } = await resetOnce(arena);
      const crl = it.bank.maker.works.issueList();
      return erases(it.module, { ...request, crl, nonce: nonceOf(it.module) });
    },
    async (arena) => {
      const { it, bytes } = await resetOnce(arena); // the card would sign again under the order of the epoch before
      const nonce = nonceOf(it.module);
      return erases(it.module, asked(it, bytes, { nonce, signature: orThrow(await ticket(it, bytes, nonce)) }));
    },
    async (arena) => {
      const { module } = await arena.operating();
      const it = arena.visitOf({ module });
      const bytes = arena.bank.reset(it.issued.cardKey);
      const nonce = nonceOf(module);
      const signature = orThrow(await ticket(it, bytes, nonce));
      module.powerCycle();
      return erases(module, asked(it, bytes, { nonce, signature }));
    },
    (arena) => by(arena, { bytes: arena.bank.reset(arena.cards.card.cardKey, { serial: 'SM-000014' }) }),
    (arena) => {
      const { test, cards } = arena;
      return by(arena, {
        bank: test,
        issued: cards.testCard,
        card: new HeldCard(cards.testCard.memory),
        bytes: test.reset(cards.testCard.cardKey),
      });
    },
    (arena) => {
      const { ada } = arena.bank.people;
      return by(arena, { approvals: (bytes) => [signs(ada, bytes), signs(ada, bytes, { keyAt: 1 })] });
    },
    (arena) => {
      const bytes = arena.bank.reset(arena.cards.card.cardKey);
      return by(arena, { bytes, lease: { withdrawn: [sha256(bytes)] } });
    },
    async (arena, dice) => {
      const { module } = await arena.operating();
      const it = arena.visitOf({ module });
      const bytes = arena.bank.reset(it.issued.cardKey);
      const nonce = nonceOf(module);
      const signature = dice.bitTurned(orThrow(await ticket(it, bytes, nonce)));
      return erases(module, asked(it, bytes, { nonce, signature }));
    },
  ],
  remains: 'whoever opens the housing resets a module without a ticket; it comes to no other deployment by that',
};

/** Puts a lease for several entries, with whichever PINs. */
async function stocksUp(arena: Arena, it: Visit): Promise<Gain | Refusal> {
  const bytes = arena.bank.personalize(it.issued.cardKey);
  const { client, challenge } = orThrow(await present(it, bytes));
  const { lease, signature } = leaseFor({ ...it, lease: { entries: 100 } }, challenge);
  return (await client.putLease(lease, signature)) ?? gain('lease for a hundred');
}

export const fieldKeeper: NamedAttacker = {
  name: 'technician who keeps a card in the field',
  ways: [
    (arena) => stocksUp(arena, arena.visitOf()),
    (arena) => arena.certificate({ lease: { entries: 0 } }),
    async (arena) => {
      const card = new HeldCard(arena.cards.card.memory);
      const client = await card.withTechnician();
      return (await client.unblock('111111')) ?? gain('PIN');
    },
    async (arena, dice) => {
      const { bank } = arena;
      const rogue = setOf([officer('eve', ['approver'], ['A']), officer('mal', ['approver'], ['A'])], {
        version: 8,
        previous: bank.setHash,
      });
      const [document, genuine] = [rogue, { ...bank.set, version: 8, previous: bank.setHash }].map(approverSetBytes);
      const [brought, ordered] = [document ?? randomOctets(9), genuine ?? randomOctets(9)];
      const client = await new HeldCard(arena.cards.card.memory).withTechnician();
      const alone = dice.below(2) === 0;
      const bytes = bank.adopt({ set: approverSetHash(alone ? brought : ordered) });
      const approvals = alone ? [signs(bank.people.ada, bytes)] : bank.approvals(bytes);
      return (
        (await client.presentOrder(bytes)) ??
        (await presentAll(client, approvals)) ??
        (await client.adoptApproverSet(brought)) ??
        gain('approver set of his own')
      );
    },
  ],
  remains: 'a lease for N entries that the custodians put is good for N, also after a withdrawal',
};
