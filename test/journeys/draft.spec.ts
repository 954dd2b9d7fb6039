/** Every kind of order can be asked for from a form: it is drafted, signed as it stands, and taken. */
import { PINNED } from '#module-emulator/adversary/authenticator.ts';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, MODULE_CLASS, STATION, UNIT, WITNESS } from '#apps/keyledger/src/demo/names.ts';
import { CAST } from '#apps/keyledger/src/demo/people.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { PERMISSIONS } from '#apps/platform/src/permissions.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { hashId, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { ORDER_KINDS, type OrderKind, orderId } from '#libs/kernel/order.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { cosignatureKey } from '#libs/seal/note-key.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { asks } from '#test/kit/graphql.ts';
import { sessionOf } from '#test/platform/people.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf, textOf } from './people-bench.ts';

let it: HouseInProcess;
let bench: PeopleBench;
let card: IssuedCard;
let token: string;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  card = await issueCard(it.world);
  await registerModule(it.world);
  await personalized(it.world, orderFor(it.world, card)('personalize'));
  bench = new PeopleBench(it);
  ({ token } = await sessionOf(it, 'clara', { roles: ['requester'] }));
}, 180_000);

afterAll(() => it?.close());

const someone = thumbprint(publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey));
const witnessKey = cosignatureKey('second.example', generateKeyPairSync('ed25519').privateKey).line;
const other = Manufacturer.founded('Other Modules', systemClock);
const root = () => it.house.deployment.founding.manufacturerRoot;
const later = () => textOf(approverSetBytes(bench.later({ policy: bench.inForce.policy.slice(0, -1) })));

/** The form of every kind: its question, what is filled in, and what the order must then say. */
const FORMS: { readonly [K in OrderKind]: [string, () => object, (() => object)?] } = {
  'enrol-unit': ['draftUnitEnrolment', () => ({ unit: 'U-9', credential: someone })],
  'enrol-station': [
    'draftStationEnrolment',
    () => ({
      station: 'ST-2',
      credential: someone,
      stationKey: madeUpId('station'),
      stationNextKey: madeUpId('next'),
    }),
  ],
  'issue-card': [
    'draftCardIssue',
    () => ({ card: 'C-9', deviceKey: madeUpId('device'), custodians: ['P-DORA', 'P-EMIL'] }),
  ],
  'trust-signing-key': [
    'draftTrust',
    () => ({ card: CARD, stations: [STATION] }),
    () => ({ card: CARD, cardKey: card.cardKey, stations: [STATION] }),
  ],
  'retrust-signing-key': [
    'draftRetrust',
    () => ({ card: CARD, stations: [STATION] }),
    () => ({ cardKey: card.cardKey }),
  ],
  personalize: [
    'draftPersonalization',
    () => ({ serials: ['B-2', 'A-1'], moduleClass: MODULE_CLASS, card: CARD, unit: UNIT, station: STATION }),
    () => ({ serials: ['A-1', 'B-2'], cardKey: card.cardKey, site: 'field' }),
  ],
  'suspend-signing-key': [
    'draftSuspension',
    () => ({ card: CARD, reason: 'drill' }),
    () => ({ cardKey: card.cardKey, reason: 'drill' }),
  ],
  'compromise-signing-key': [
    'draftCompromise',
    () => ({ card: CARD, reason: 'stolen' }),
    () => ({ cardKey: card.cardKey, reason: 'stolen' }),
  ],
  'disable-signing-key': [
    'draftDisabling',
    () => ({ card: CARD, reason: 'end-of-use' }),
    () => ({ cardKey: card.cardKey, mode: 'strict', modules: 1 }),
  ],
  'review-divergence': [
    'draftDivergenceReview',
    () => ({ card: CARD, divergence: 'lost-tail', number: 1, head: madeUpId('head'), reason: 'drill' }),
  ],
  reset: [
    'draftReset',
    () => ({ serial: SERIAL, card: CARD, unit: UNIT }),
    () => ({ serial: SERIAL, epoch: 1, moduleClass: MODULE_CLASS, cardKey: card.cardKey, unit: UNIT }),
  ],
  transfer: [
    'draftTransfer',
    () => ({ serial: SERIAL, card: CARD, unit: UNIT, newGenesis: madeUpId('elsewhere') }),
    () => ({ serial: SERIAL, epoch: 1, moduleClass: MODULE_CLASS, newGenesis: madeUpId('elsewhere') }),
  ],
  'retire-card': ['draftCardRetirement', () => ({ card: CARD, reason: 'broken' })],
  'retire-module': [
    'draftModuleRetirement',
    () => ({ serial: SERIAL, reason: 'lost' }),
    () => ({ serial: SERIAL, moduleClass: MODULE_CLASS, site: 'field' }),
  ],
  'adopt-approver-set': [
    'draftApproverSet',
    () => ({ document: later() }),
    () => ({ version: 2, set: hashId(utf8(later())), previous: approverSetHash(approverSetBytes(bench.inForce)) }),
  ],
  'enrol-operator': [
    'draftOperatorEnrolment',
    () => ({ operator: 'P-NEW', roles: ['technician'], credential: someone, passkey: PINNED }),
  ],
  'link-operator': [
    'draftOperatorLink',
    () => ({ operator: CAST.tom.id, issuer: 'https://login.example', link: madeUpId('link') }),
  ],
  'grant-roles': ['draftRoleGrant', () => ({ operator: CAST.tom.id, roles: ['auditor'] })],
  'withdraw-roles': ['draftRoleWithdrawal', () => ({ operator: 'P-RITA', roles: ['auditor'], reason: 'replaced' })],
  'suspend-operator': ['draftOperatorSuspension', () => ({ operator: 'P-RITA', reason: 'absent' })],
  'withdraw-operator': ['draftOperatorWithdrawal', () => ({ operator: 'P-RITA', reason: 'left' })],
  'withdraw-credential': [
    'draftCredentialWithdrawal',
    () => ({ operator: 'P-RITA', credential: someone, reason: 'lost' }),
  ],
  'register-manufacturer-key': [
    'draftManufacturer',
    () => ({ manufacturer: 'OTHER', certificate: other.root.certificate }),
    () => ({ manufacturer: 'OTHER', root: hashId(Buffer.from(other.root.certificate, 'base64url')) }),
  ],
  'withdraw-manufacturer-key': [
    'draftManufacturerWithdrawal',
    () => ({ root: hashId(Buffer.from(root(), 'base64url')), reason: 'ended' }),
  ],
  'admit-witness': ['draftWitness', () => ({ witness: witnessKey, instead: WITNESS })],
};

interface Draft {
  readonly id: string;
  readonly bytes: string;
  readonly sentence: readonly string[];
  readonly serials: readonly string[];
}

/** Literals as GraphQL spells them: JSON but for the names of members. */
const literal = (values: object): string =>
  Object.entries(values)
    .map(
      ([name, value]: [string, unknown]) =>
        `${name}: ${isMembers(value) ? `{ ${literal(value)} }` : JSON.stringify(value)}`,
    )
    .join(', ');
const isMembers = (value: unknown): value is object => typeof value === 'object' && !Array.isArray(value);

async function drafts(question: string, values: object): Promise<{ draft: Draft | null; codes: readonly string[] }> {
  const query = `{ ${question}(${literal(values)}) { id bytes sentence serials } }`;
  const { data, codes } = await asks({ url: it.house.platformUrl, token }, query);
  return { draft: (data?.[question] as Draft | undefined) ?? null, codes };
}

describe('S31b a form', () => {
  test('there is one for every kind of order, and no other', () => {
    const questions = Object.keys(PERMISSIONS.Query).filter((name) => name.startsWith('draft'));
    expect(
      Object.values(FORMS)
        .map(([question]) => question)
        .sort(),
    ).toEqual(questions.sort());
    expect(Object.keys(FORMS).sort()).toEqual(Object.keys(ORDER_KINDS).sort());
  });

  test.each(Object.keys(FORMS) as OrderKind[])('for %s writes an order that is taken as it stands', async (kind) => {
    const [question, values, says = values] = FORMS[kind];
    const { draft, codes } = await drafts(question, values());
    expect(codes).toEqual([]);
    const { id, bytes, sentence, serials } = draft!;
    expect(JSON.parse(bytes)).toMatchObject({ kind, requester: 'P-CLARA', ...says() });
    expect(id).toBe(orderId(utf8(bytes)));
    expect(sentence.at(-1)).toBe(`Order ${id}.`);
    const list = kind === 'personalize' ? { serials } : {};
    const signed = { bytes, proof: bench.signed('clara', utf8(bytes)), ...list };
    const types = {
      bytes: 'String!',
      proof: 'ProofInput!',
      ...(kind === 'personalize' ? { serials: '[String!]' } : {}),
    };
    expect(codeOf(await bench.submit('clara', 'requestOrder', types, signed))).toBe('done');
  });

  test.each<[string, string, () => object]>([
    ['an unknown card', 'CARD_UNKNOWN', () => ({ card: 'C-77', reason: 'drill' })],
    ['a reason that there is not', 'BAD_SHAPE', () => ({ card: CARD, reason: 'because' })],
    ['a text that could deceive', 'NOT_PLAIN_JSON', () => ({ card: CARD, reason: 'drill', site: 'h"' })],
    ['a letter that looks like another', 'NOT_PLAIN_JSON', () => ({ card: CARD, reason: 'drill', site: 'ł' })],
    ['no time to use it', 'BAD_WINDOW', () => ({ card: CARD, reason: 'drill', hours: -1 })],
  ])('with %s is refused', async (_what, code, values) => {
    expect((await drafts('draftSuspension', values())).codes).toEqual([code]);
  });

  test.each<[string, string, () => object]>([
    ['draftTrust', 'STATION_UNKNOWN', () => ({ card: CARD, stations: ['ST-77'] })],
    ['draftReset', 'UNIT_UNKNOWN', () => ({ serial: SERIAL, card: CARD, unit: 'U-77' })],
    ['draftTransfer', 'MODULE_UNKNOWN', () => ({ serial: 'X', card: CARD, unit: UNIT, newGenesis: madeUpId('x') })],
    ['draftModuleRetirement', 'MODULE_UNKNOWN', () => ({ serial: 'X', reason: 'lost' })],
    ['draftRoleGrant', 'OPERATOR_UNKNOWN', () => ({ operator: 'P-NOBODY', roles: ['auditor'] })],
    ['draftApproverSet', 'PREVIOUS_NOT_IN_FORCE', () => ({ document: textOf(approverSetBytes(bench.inForce)) })],
    ['draftManufacturer', 'MANUFACTURER_ROOT', () => ({ manufacturer: 'OTHER', certificate: toBase64url(utf8('x')) })],
    ['draftManufacturerWithdrawal', 'MANUFACTURER_UNKNOWN', () => ({ root: madeUpId('x'), reason: 'ended' })],
    ['draftWitness', 'WITNESS_UNKNOWN', () => ({ witness: witnessKey, instead: 'nobody.example' })],
    ['draftWitness', 'BAD_WITNESS_POLICY', () => ({ witness: 'other.example+0a1b2c3d+BAcd' })],
  ])('%s says %s before anybody signs', async (question, code, values) => {
    expect((await drafts(question, values())).codes).toEqual([code]);
  });
});

describe('S31b a draft under a rule that concedes something', () => {
  test.each([
    [1, 'It falls to one officer together with the server.'],
    [0, 'It falls to the server alone.'],
  ])('of %i persons with class A says so, as the order does later', async (classA, words) => {
    const policy = bench.inForce.policy.map((one) => (one.kind === 'personalize' ? { ...one, classA } : one));
    await bench.adopted(bench.later({ policy }));
    const [question, values] = FORMS.personalize;
    const { draft } = await drafts(question, values());
    expect(draft!.sentence).toContain(words);
    expect(codeOf(await bench.requested(utf8(draft!.bytes)))).toBe('done');
    const asked = 'query ($id: ID!) { order(id: $id) { sentence } }';
    const { order } = await it.world.callers.ask<{ order: Draft }>('clara', asked, { id: draft!.id });
    expect(order.sentence).toEqual(draft!.sentence);
  });

  test('that allows no such order is refused at once', async () => {
    await bench.adopted(bench.later({ policy: bench.inForce.policy.filter(({ kind }) => kind !== 'retire-card') }));
    const [question, values] = FORMS['retire-card'];
    expect((await drafts(question, values())).codes).toEqual(['NO_POLICY']);
  });
});
