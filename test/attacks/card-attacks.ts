/**
 * Attacks on the chip card (and, with its birth, on whoever certifies it): for every check of its laws somebody with a
 * name and a plan, whom this check stops, and who gets his certificate or his card where just this check is missing.
 */
import { checkApprovedOrder } from '#libs/approval/approval.ts';
import { type BirthEvidence, type BirthExpectation, birthLaw, checkBirth } from '#libs/chip-card-protocol/birth.ts';
import { without } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { type CardLaws, cardLaws } from '#module-emulator/chip-card/law.ts';
import { type CardMemory, newPrivateKey } from '#module-emulator/chip-card/memory.ts';
import { birthPlans } from './card-birth-plans.ts';
import { CardBench, PINS, orNull } from './card-bench.ts';
import { type Plan, activationPlans, approvalPlans, signingPlans } from './card-plans.ts';
import { CardWorld, orThrow, presentAll } from './card-world.ts';
import { visit } from './card-visit.ts';
import { keepingPlans } from './card-keeping-plans.ts';

export interface CardAttack {
  /** Which of the card's laws the check belongs to. */
  readonly law: string;
  /** Its code; `A + B` where one check covers the other, and only both together let the attacker through. */
  readonly check: string;
  readonly attacker: string;
  /** `through`, or the code of the check that stopped him; `withoutCheck` takes out one, or two as `A + B`. */
  readonly outcome: (withoutCheck: string | null) => Promise<string>;
  /** Whether he got a certificate or a card that signs. */
  readonly attempt: (withoutCheck: string | null) => Promise<boolean>;
}

/** The world the attacks happen in: founded once, each attack on its own copy of the card. */
export interface CardScene {
  readonly world: CardWorld;
  readonly issued: CardMemory;
  readonly active: CardMemory;
}

let founded: Promise<CardScene> | null = null;

export function cardScene(): Promise<CardScene> {
  founded ??= found();
  return founded;
}

async function found(): Promise<CardScene> {
  const world = new CardWorld();
  return { world, issued: await world.issued(), active: await world.active() };
}

/** The card's laws, some checks taken out. */
function lawsWithout(codes: readonly string[]): CardLaws {
  const { access, fourEyes, present, lease, use, identity, sign, adopt, archive } = cardLaws;
  return {
    access: without(access, codes),
    fourEyes: {
      order: without(fourEyes.order, codes),
      approval: without(fourEyes.approval, codes),
      quorum: without(fourEyes.quorum, codes),
    },
    present: without(present, codes),
    lease: without(lease, codes),
    use: without(use, codes),
    identity: without(identity, codes),
    sign: without(sign, codes),
    adopt: without(adopt, codes),
    archive: without(archive, codes),
  };
}

type Try = (scene: CardScene, missing: readonly string[]) => Promise<Refusal | object | null>;

function attack(
  row: { readonly law: string; readonly check: string; readonly attacker: string },
  tries: Try,
): CardAttack {
  const outcome = async (withoutCheck: string | null): Promise<string> => {
    const result = await tries(await cardScene(), withoutCheck?.split(' + ') ?? []);
    return isRefusal(result) ? result.code : 'through';
  };
  const { law, check, attacker } = row;
  return {
    law,
    check,
    attacker,
    outcome,
    attempt: async (withoutCheck) => (await outcome(withoutCheck)) === 'through',
  };
}

/** He wants a certificate: a visit with whatever his plan changes. */
function signing(plan: Plan): CardAttack {
  return attack(plan, async ({ world, active }, missing) => {
    const bench = new CardBench({ ...active, ...plan.memory }, lawsWithout(missing));
    if (plan.before !== undefined) orThrow(await visit(world, bench, plan.before(world, active)));
    return visit(world, bench, plan.visit(world, active));
  });
}

/** He wants the card to hold another set, or to forget entries: whatever custodians could be made to bring to it. */
const keeping = keepingPlans.map((plan) =>
  attack(plan, async ({ world, active }, missing) => {
    const bench = new CardBench(active, lawsWithout(missing));
    if (plan.law === 'archive') orThrow(await visit(world, bench));
    return plan.tries(world, bench);
  }),
);

const activating = activationPlans.map((plan) =>
  attack(plan, ({ world, issued }, missing) =>
    world.activate(new CardBench(issued, lawsWithout(missing)), world.issueOrder(issued), plan.approvals),
  ),
);

/** One custodian wants a card that signs: with the technician's PIN he can present, and no more. */
const alone = attack(
  { law: 'access', check: 'CUSTODIAN_PINS_NEEDED', attacker: 'one custodian who knows the technician’s PIN' },
  async ({ world, issued }, missing) => {
    const client = await new CardBench(issued, lawsWithout(missing)).withTechnician();
    orNull(await client.verifyPin('custodian1', PINS.custodian1));
    const bytes = world.issueOrder(issued);
    return (
      (await client.presentOrder(bytes)) ?? (await presentAll(client, world.approvals(bytes))) ?? client.activate()
    );
  },
);

/** He wants his counterfeit of a card, which bears its number, to be activated by the order for the genuine one. */
const counterfeit = attack(
  { law: 'present', check: 'ORDER_OTHER_DEVICE', attacker: 'maker of a second card with the same number' },
  ({ world, issued }, missing) => {
    const other = { ...issued, deviceKey: newPrivateKey() };
    return world.activate(new CardBench(other, lawsWithout(missing)), world.issueOrder(issued));
  },
);

/** He wants whoever is shown order, set and approvals to believe them: station, `verify`, evidence; the card holds its set itself. */
const believing = approvalPlans.map((plan) =>
  attack(plan, ({ world, active }, missing) => {
    const { bytes, setBytes, approvals } = plan.shows(world, active);
    const pins = { genesis: world.genesisId, approverSet: world.setHash };
    return Promise.resolve(checkApprovedOrder({ bytes, approvals }, { pins, setBytes }, lawsWithout(missing).fourEyes));
  }),
);

/** He wants the customer signing CA to certify a key as born inside a genuine card. */
const beingBorn = birthPlans.map((plan) =>
  attack({ ...plan, law: 'birth' }, async ({ world }, missing) => {
    const shown = await plan.shows(world, (card) => bornIn(world, card));
    const law = without(birthLaw, missing);
    const { card, cardKeySpki: spki } = shown.expected;
    const judged = (): Refusal | null => refusalOf(checkBirth(shown.evidence, shown.expected, law));
    const request = {
      card,
      spki,
      organization: 'Example Bank',
      genesis: world.genesis,
      enforcement: 'device',
      checkBirth: judged,
    } as const;
    const certificate = world.maker.works.certifyCard({ ...request, ...world.certified });
    return isRefusal(certificate) ? certificate : { certificate };
  }),
);

function refusalOf(judged: object): Refusal | null {
  return isRefusal(judged) ? judged : null;
}

/** A genuine card of this number, its key just born, and what an honest party expects of it. */
async function bornIn(
  world: CardWorld,
  card: string,
): Promise<{ evidence: BirthEvidence; expected: BirthExpectation }> {
  const client = await new CardBench(world.manufactured(card)).withCustodians();
  orNull(await client.putApproverSet(world.setup));
  const { spki: cardKeySpki, ...evidence } = orThrow(await client.generateKey());
  const { cardMakerSpki } = world.maker.works;
  return { evidence, expected: { card, cardKeySpki, genesis: world.genesisId, cardMakerSpki } };
}

export const cardAttacks: readonly CardAttack[] = [
  ...believing,
  ...signingPlans.map(signing),
  ...keeping,
  ...activating,
  alone,
  counterfeit,
  ...beingBorn,
];
