/** A signing key that was suspended is trusted again: by an order of its own kind, of two persons, and at the stations that it names. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, STATION } from '#apps/keyledger/src/demo/names.ts';
import type { Who } from '#apps/keyledger/src/demo/people.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { dataOf, inserted, nth, numbered } from './forgery.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf } from './people-bench.ts';

let it: HouseInProcess;
let bench: PeopleBench;
let card: IssuedCard;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  card = await issueCard(it.world);
  bench = new PeopleBench(it);
}, 180_000);

afterAll(() => it?.close());

interface Birth {
  readonly spki: string;
  readonly birth: string;
  readonly birthSignature: string;
  readonly deviceSpki: string;
  readonly deviceSignature: string;
}

const birthOf = async (): Promise<Birth> => {
  const asked =
    'query ($card: String!) { cardBirth(card: $card) { spki birth birthSignature deviceSpki deviceSignature } }';
  return (await it.world.callers.ask<{ cardBirth: Birth }>('clara', asked, { card: CARD })).cardBirth;
};
const stateOf = async (): Promise<string> => {
  const asked = 'query ($card: String!) { chipCard(card: $card) { keyState } }';
  return (await it.world.callers.ask<{ chipCard: { keyState: string } }>('clara', asked, { card: CARD })).chipCard
    .keyState;
};
const does = (operation: string, bytes: Uint8Array) =>
  bench.submit('clara', operation, { order: 'ID!' }, { order: orderId(bytes) });
const suspended = async (by: readonly Who[] = ['anna']) => {
  const order = { kind: 'suspend-signing-key', cardKey: card.cardKey, reason: 'lost' };
  return does('suspendSigningKey', await bench.ordered(order, by));
};
const retrust = async (change: object = {}) => ({
  kind: 'retrust-signing-key',
  card: CARD,
  cardKey: card.cardKey,
  birth: hashId(fromBase64url((await birthOf()).birth)!),
  stations: [STATION],
  ...change,
});

describe('S27c a suspended signing key', () => {
  test('is trusted again by two, at card and station, once for each suspension', async () => {
    const early = await bench.ordered(await retrust());
    expect(codeOf(await does('retrustSigningKey', early))).toBe('KEY_ACTIVE');
    expect(codeOf(await suspended())).toBe('done');
    expect(await stateOf()).toBe('suspended');
    const alone = await bench.ordered(await retrust(), ['anna']);
    expect(codeOf(await does('retrustSigningKey', alone))).toBe('QUORUM_PERSONS');
    const other = await bench.ordered(await retrust({ birth: bench.later().previous }));
    expect(codeOf(await does('retrustSigningKey', other))).toBe('KEY_UNKNOWN');
    const bytes = await bench.ordered(await retrust());
    expect(codeOf(await does('retrustSigningKey', bytes))).toBe('done');
    expect(await stateOf()).toBe('active');
    const after = (type: string) =>
      it.world.event(type, (event) => event.type === type && dataOf(event).order === orderId(bytes));
    expect((await after('SigningKeyTrusted')).stream).toBe(`trust-list-${STATION}`);
    await it.world.event('spent', ({ type, stream }) => type === 'OrderSpent' && stream === `order-${orderId(bytes)}`);
    expect(codeOf(await suspended())).toBe('done');
    expect(codeOf(await does('retrustSigningKey', bytes))).toBe('ORDER_USED');
  });

  test('has an auditor who finds all of it ordered, and what was not', async () => {
    const log = await it.events();
    const judged = async (events: typeof log) => {
      const result = await replay(numbered(events));
      return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
    };
    expect(await judged(log)).toBe('holds');
    const review = nth(log, 'SuspensionReviewed');
    const by = String(dataOf(nth(log, 'SigningKeyTrusted')).order);
    const withOld = log.map((one) => (one === review ? { ...one, data: { cardKey: card.cardKey, by } } : one));
    expect(await judged(withOld)).toBe('ORDER_OTHER_KIND SuspensionReviewed');
    const trusted = nth(log, 'SigningKeyTrusted', 1);
    const early = inserted(log, review, { stream: trusted.stream, type: trusted.type, data: trusted.data });
    expect(await judged(early)).toBe('ORDER_OTHER_KIND SigningKeyTrusted');
  });

  test('a card born under an earlier approver set is certified no more', async () => {
    const { spki, ...birth } = await birthOf();
    await bench.adopted(bench.later());
    const types = { card: 'String!', spki: 'String!', birth: 'BirthInput!', customerCa: 'String!', cardCa: 'String!' };
    const values = { card: CARD, spki, birth, customerCa: 'AA', cardCa: 'AA' };
    expect(codeOf(await bench.submit('dora', 'certifySigningKey', types, values))).toBe('CARD_OTHER_APPROVER_SET');
  });
});

test('S31b what the set before approved stands before the new one in the log, or nowhere, however it is sent', async () => {
  const waiting = [];
  for (let n = 0; n < 6; n += 1)
    waiting.push(await bench.ordered({ kind: 'suspend-operator', operator: 'P-RITA', reason: 'drill' }, []));
  const next = bench.later();
  const adoption = await bench.ordered(bench.adoption(next));
  const [adopted, ...others] = await Promise.all([
    bench.adopts(adoption, next),
    ...waiting.map((bytes) => bench.approves('anna', bytes)),
  ]);
  expect(codeOf(adopted)).toBe('done');
  for (const one of others) expect(['done', 'PEOPLE_CHANGED', 'ORDER_OTHER_APPROVER_SET']).toContain(codeOf(one));
  const result = await replay(await it.events());
  expect(isFinding(result) ? result : 'holds').toBe('holds');
});
