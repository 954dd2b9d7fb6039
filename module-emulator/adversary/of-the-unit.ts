/** Attackers in the field: who owns unit, laptop and line, holds cards and modules, keeps copies and leases. */
import { decodeAttestation, encodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import type { SignRequest } from '#libs/chip-card-protocol/client.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { RequestOf } from '#libs/personalization-protocol/messages.ts';
import { serialProofs, serialTree } from '#libs/serial-tree/serial-tree.ts';
import { type Arena, paid } from './arena.ts';
import type { NamedAttacker, Way } from './attacker.ts';
import { DAY, NOW } from './bank.ts';
import type { Dice } from './dice.ts';
import { HeldCard } from './held-card.ts';
import { HeldModule } from './held-module.ts';
import { type Gain, gain } from './outcome.ts';
import { newKey, orThrow, spkiOfPrivate } from './people.ts';
import { type SignedLease, type Visit, installation, leaseFor, present, visit } from './visit.ts';

type Install = RequestOf<'Install'>;

/** After an honest signature he brings the module something else than the card gave. */
async function installs(
  arena: Arena,
  change: (genuine: Install) => Partial<Install>,
  on?: HeldModule,
): Promise<Gain | Refusal> {
  const it = arena.visitOf();
  const genuine = installation(it, orThrow(await visit(it)));
  const module = on ?? it.module;
  const answer = module.execute({ ...genuine, ...change(genuine) });
  return isRefusal(answer) ? answer : gain('module in operation');
}

/** The attestation altered after the module signed it. */
const attesting =
  (change: (dice: Dice) => Partial<ReturnType<typeof attestationIn>>): Way =>
  (arena, dice) =>
    arena.certificate({
      request: (genuine) => ({
        ...genuine,
        attestation: encodeAttestation({ ...attestationIn(genuine), ...change(dice) }),
      }),
    });

function attestationIn(request: SignRequest) {
  return orThrow(decodeAttestation(request.attestation));
}

export const swappingUnit: NamedAttacker = {
  name: 'unit that swaps keys of module or station, or orders on one card',
  ways: [
    attesting(() => ({ spki: spkiOfPrivate(newKey()) })),
    (arena, dice) => {
      const { bank, cards } = arena;
      const genuine = bank.personalize(cards.card.cardKey);
      const bytes = bank.personalize(cards.card.cardKey, { stationKey: toBase64url(dice.octets()) });
      return arena.certificate({ bytes, approvals: () => bank.approvals(genuine) });
    },
    (arena, dice) =>
      installs(arena, ({ stationStatement }) => ({
        stationStatement: { ...stationStatement, stationKey: dice.octets() },
      })),
    (arena, dice) =>
      installs(arena, ({ stationStatement }) => ({
        stationStatement: { ...stationStatement, stationNextKey: dice.octets() },
      })),
    async (arena) => {
      const other = orThrow(await arena.visit());
      return installs(arena, () => ({ certificate: other.certificate }));
    },
    (arena, dice) => arena.certificate({ asked: { orderHash: dice.octets() } }),
    (arena, dice) => {
      const list = Array.from({ length: 2 + dice.below(200) }, (_, at) => `SM-${String(1000 + at).padStart(6, '0')}`);
      const serials = orThrow(serialTree(list));
      const stolen = serialProofs(serials, list)(dice.pick(list)) ?? new Uint8Array();
      const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials });
      return arena.certificate({ bytes, request: (genuine) => ({ ...genuine, inclusion: stolen }) });
    },
    (arena, dice) => installs(arena, ({ certificate }) => ({ certificate: dice.bitTurned(certificate) })),
  ],
  remains: 'he can spend an order on the module that it names and then lose the certificate',
};

export const relay: NamedAttacker = {
  name: 'relay between two modules',
  ways: [
    (arena) =>
      arena.certificate({
        bytes: arena.bank.personalize(arena.cards.card.cardKey),
        module: new HeldModule(arena.fourteen),
      }),
    (arena) => {
      const { identity } = arena.fourteen;
      const other = Uint8Array.from(Buffer.from(identity?.certificate ?? '', 'base64url'));
      return arena.certificate({ request: (genuine) => ({ ...genuine, identity: other }) });
    },
    (arena) => {
      const module = new HeldModule(arena.fourteen);
      const bytes = arena.bank.personalize(arena.cards.card.cardKey);
      const lying = (genuine: SignRequest): SignRequest => {
        const attestation = encodeAttestation({ ...attestationIn(genuine), serial: 'SM-000013' });
        return { ...genuine, attestation, signature: module.signAsIdentity(attestation) };
      };
      return arena.certificate({ bytes, module, request: lying });
    },
    async (arena) => {
      const fourteen = new HeldModule(arena.fourteen);
      const bytes = arena.bank.personalize(arena.cards.card.cardKey, { serials: ['SM-000013', 'SM-000014'] });
      orThrow(await arena.visit({ bytes, module: fourteen })); // its key waits for the certificate of the same order
      const it = arena.visitOf({ bytes });
      const answer = fourteen.execute(installation(it, orThrow(await visit(it))));
      return isRefusal(answer) ? answer : gain('module in operation');
    },
  ],
  remains: 'on the line he sees what a passive listener may see, and can cut it',
};

export const twoCards: NamedAttacker = {
  name: 'two cards on one order',
  ways: [
    (arena) => {
      const { card, second } = arena.cards;
      return arena.certificate({ issued: second, bytes: arena.bank.personalize(card.cardKey) });
    },
    async (arena) => {
      const card = new HeldCard(arena.cards.card.memory);
      const bytes = arena.bank.personalize(arena.cards.card.cardKey);
      orThrow(await arena.visit({ card, bytes }));
      return arena.certificate({ card, bytes, module: new HeldModule(arena.thirteen) });
    },
    async (arena) => {
      const { bank, cards } = arena;
      const module = new HeldModule(arena.thirteen);
      orThrow(await arena.visit({ module })); // a key waits for the first card's certificate
      const it = arena.visitOf({ issued: cards.second, bytes: bank.personalize(cards.second.cardKey) });
      const answer = module.execute(installation(it, orThrow(await visit(it))));
      return isRefusal(answer) ? answer : gain('module in operation');
    },
  ],
  remains: null,
};

/** A copy of the card's image, put back after it signed. */
const oldCard =
  (generations: (dice: Dice) => number): Way =>
  async (arena, dice) => {
    const card = new HeldCard(arena.cards.card.memory);
    const bytes = arena.bank.personalize(arena.cards.card.cardKey);
    const copy = card.image.snapshot();
    orThrow(await arena.visit({ card, bytes }));
    card.image.restore({ ...copy, generation: copy.generation + generations(dice) });
    return card.image.powerOn() ?? arena.certificate({ card, bytes });
  };

/** What a unit keeps of its work: order with approvals, the lease it was sent, and what the module said last. */
interface UnitImage {
  readonly bytes: Uint8Array;
  readonly lease: SignedLease;
  readonly request: SignRequest;
}

/** The unit's folder is put back as it was before it told of its work: it does the same over again. */
const oldUnit =
  (again: (arena: Arena, it: Visit, kept: UnitImage) => Promise<Gain | Refusal>): Way =>
  async (arena) => {
    const it = arena.visitOf();
    const { bytes, lease, request, ...signed } = orThrow(await visit(it));
    orThrow(it.module.execute(installation(it, { bytes, lease, request, ...signed })));
    return again(arena, it, { bytes, lease, request });
  };

export const restoredImages: NamedAttacker = {
  name: 'restored images of card, module and unit',
  ways: [
    oldCard(() => 0),
    oldCard((dice) => 100 + dice.below(1000)),
    async (arena) => {
      const it = arena.visitOf();
      const copy = it.module.image.snapshot();
      orThrow(it.module.execute(installation(it, orThrow(await visit(it)))));
      it.module.image.restore(copy);
      return it.module.image.powerOn() ?? gain('module without a past');
    },
    oldUnit((arena, { card, module }, { bytes }) => arena.certificate({ card, module, bytes })), // the same module again
    oldUnit((arena, { card }, { bytes }) => arena.certificate({ card, bytes })), // another key under the same order
    oldUnit((arena, { card }, { lease, request }) =>
      arena.certificate({
        card,
        bytes: arena.bank.personalize(arena.cards.card.cardKey),
        putLease: () => lease,
        request: () => request,
      }),
    ),
  ],
  remains:
    'whoever puts back image and counter together, in both stores, makes a clone; its log number then shows twice',
};

/** What headquarters answered to an earlier challenge of this card. */
async function earlierLease(arena: Arena, it: Visit): Promise<SignedLease> {
  const { challenge } = orThrow(await present(it, arena.bank.personalize(it.issued.cardKey)));
  return leaseFor(it, challenge);
}

export const withheldTime: NamedAttacker = {
  name: 'withheld time and old leases',
  ways: [
    async (arena) => {
      const it = arena.visitOf();
      const old = await earlierLease(arena, it);
      return arena.certificate({ card: it.card, putLease: () => old });
    },
    async (arena) => {
      const second = arena.visitOf({ issued: arena.cards.second });
      const old = await earlierLease(arena, second);
      return arena.certificate({ putLease: () => old });
    },
    (arena) => arena.certificate({ putLease: null }),
    (arena, dice) => arena.certificate({ putLease: (one) => ({ ...one, lease: dice.bitTurned(one.lease) }) }),
    (arena, dice) => arena.certificate({ lease: { time: NOW + 2 * DAY + dice.below(DAY) } }), // headquarters tells the true time
    async (arena) => {
      const card = new HeldCard(arena.cards.card.memory);
      orThrow(await arena.visit({ card }));
      return arena.certificate({ card, lease: { time: NOW - 1 } });
    },
    async (arena, dice) => {
      const { caller } = await arena.operating();
      const { station, clock } = await arena.station();
      clock.now = NOW + 301 + dice.below(DAY);
      return paid(station, caller);
    },
  ],
  remains: 'a lease that was given is good for one signature, also after a withdrawal that came a moment later',
};
