/** A card's own log against the record: an honest card agrees; a copy of it, an old image and a rogue signature are named. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { openCard } from '#apps/keyledger/src/demo/images.ts';
import { CARD, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { placesIn } from '#apps/keyledger/src/demo/places.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { reconcile } from '#apps/keyledger/src/verbs/reconcile.ts';
import { readCardLog } from '#apps/unit/src/card-reading.ts';
import type { Reading } from '#libs/domain/chip-card/card-log.ts';
import { approverSetHash, parseApproverSet, ruleFor } from '#libs/kernel/approver-set.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { orderId, parseOrder } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { signReport } from '#libs/kernel/report.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import { type WrittenOrder, signOn } from '#test/simulation/card-bodies.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { heard } from './story-record.ts';
import { dataOf, nth, numbered } from './forgery.ts';
import { PeopleBench, codeOf } from './people-bench.ts';
import { until } from './until.ts';

let it: HouseInProcess;
let unit: PlatformClient;
/** The card as it was before its first use, as whoever could copy it has it. */
let copied: CardMemory;
let rogue: WrittenOrder;
let shown: Reading;
let card: IssuedCard;
/** Seconds by which the platform is ahead of everybody else. */
let ahead = 0;
const shifted: Clock = {
  seconds: () => systemClock.seconds() + ahead,
  rfc3339: () => new Date(Date.parse(systemClock.rfc3339()) + ahead * 1000).toISOString(),
};

beforeAll(async () => {
  it = await houseInProcess({ platformClock: shifted });
  const { world } = it;
  await founding(world);
  card = await issueCard(world);
  copied = copyOfCard();
  await registerModule(world);
  const orders = orderFor(world, card);
  await personalized(world, orders('personalize'));
  rogue = written(orders('rogue').text);
  const { places, genesis: aud } = it.house.deployment;
  const exp = () => world.clock.seconds() + BEARER_LIFE;
  const token = () => bearerToken({ aud, exp: exp(), sub: `unit:${UNIT}` }, keyAt(places.unit.credential, 'P-256'));
  unit = new PlatformClient({ url: it.house.platformUrl, token });
}, 180_000);

afterAll(async () => {
  await unit?.close();
  await it?.close();
});

function copyOfCard(): CardMemory {
  const folder = mkdtempSync(join(tmpdir(), 'kl-copy-'));
  cpSync(it.folder, folder, { recursive: true });
  const memory = openCard(placesIn(folder)).read();
  rmSync(folder, { recursive: true, force: true });
  return memory;
}

function written(text: string): WrittenOrder {
  const { founding: founded, genesis } = it.house.deployment;
  const setBytes = utf8(founded.approverSet);
  const set = orThrow(parseApproverSet(setBytes));
  const order = orThrow(parseOrder(utf8(text)));
  if (order.kind !== 'personalize') throw new Error('an order to personalize was written');
  const pins = { genesis, approverSet: approverSetHash(setBytes) };
  return { bytes: utf8(text), id: '', order, it: { order, setBytes, set, rule: ruleFor(set, order), pins } };
}

const EMPTY = { number: 0, head: 'A'.repeat(43) };

async function readingOf(bench: CardBench): Promise<Reading> {
  const [reading] = orThrow(await readCardLog(await bench.selected(), EMPTY));
  if (reading === undefined) throw new Error('a card shows at least its head');
  return reading;
}

/** The unit tells what it read; answers with the code of the contest, or null where it was accepted. */
async function tells(data: object): Promise<string | null> {
  const { places, genesis } = it.house.deployment;
  const fact = { type: 'CardLogRead', data };
  const statement = { by: `unit:${UNIT}`, genesis, stream: `card-${CARD}`, occurredAt: it.world.clock.rfc3339(), fact };
  const signed = signReport(statement, keyAt(places.unit.credential, 'P-256'));
  const outcome = orThrow(await unit.submit('report', { statement: 'String!', proof: 'ProofInput!' }, { ...signed }));
  const events = (await it.events()).filter(({ stream }) => stream === outcome.stream);
  const judgement = events.findLast(({ type }) => type === 'ReportAccepted' || type === 'ReportContested');
  return (judgement?.data as { code?: string }).code ?? null;
}

const divergences = async () =>
  (await it.events())
    .filter(({ type }) => type === 'CardLogDiverged')
    .map(
      ({ data }) =>
        data as { kind: string; number: number; serial: string | null; order: string | null; tbs: string | null },
    );

async function reconciled(card?: string): Promise<{ code: number; lines: readonly string[] }> {
  const { terminal, lines } = heard();
  const code = await reconcile({ folder: it.folder, ...(card === undefined ? {} : { card }) }, terminal);
  return { code, lines };
}

test('S29a the unit reads the card at every contact, and an honest card agrees with the record', async () => {
  const read = (await it.events()).filter(({ type }) => type === 'CardLogRead');
  expect(read).toMatchObject([{ stream: `card-${CARD}`, data: { ...EMPTY, entries: [] } }]);
  expect(await divergences()).toEqual([]);
  expect(await reconciled()).toEqual({
    code: 0,
    lines: [`${CARD}: agrees with the record. Entries on record from the first on: 1; its log was read 1 times.`],
  });
  expect((await reconciled('C-9999')).code).toBe(2);
});

test('what is no reading of this card is contested and accuses nobody', async () => {
  const bench = new CardBench(copied);
  const nonce = (await readingOf(bench)).nonce;
  expect(await tells({ ...(await readingOf(bench)), number: 3 })).toBe('READING_SIGNATURE');
  expect(await tells({ ...(await readingOf(bench)), nonce })).toBe('READING_SIGNATURE');
  const clone = new CardBench(copied);
  for (const time of [1, 2]) signOn(clone, { order: rogue, serial: SERIAL, time, skips: 0 });
  const { entries, ...head } = await readingOf(clone);
  expect(await tells({ ...head, entries: entries.toReversed() })).toBe('READING_ENTRIES');
  expect(await tells({ ...head, entries: entries.slice(0, 1) })).toBe('READING_LOOSE');
  expect(await divergences()).toEqual([]);
});

test('S29a an older image of the card is told by its lost tail', async () => {
  shown = await readingOf(new CardBench(copied));
  expect(await tells(shown)).toBeNull();
  expect(await tells({ ...shown, entries: [] })).toBe('READING_SHOWN_BEFORE');
  expect(await until(async () => (await divergences()).length === 1)).toBe(true);
  expect(await divergences()).toMatchObject([{ kind: 'lost-tail', number: 0, serial: null }]);
});

test('S29a a copy of the card that signed without an order: number, module, certificate and kind are named', async () => {
  const clone = new CardBench(copied);
  const time = it.world.clock.seconds();
  signOn(clone, { order: rogue, serial: 'ATM-999999', time, skips: 0 });
  expect(await tells(await readingOf(clone))).toBeNull();
  expect(await until(async () => (await divergences()).length === 3)).toBe(true);
  const found = (await divergences()).slice(1);
  for (const one of found) expect(one).toMatchObject({ number: 1, serial: 'ATM-999999', fingerprint: null });
  expect(found.map(({ kind }) => kind).sort()).toEqual(['cloned-card', 'rogue-signature']);
  expect(found[0]?.tbs).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test('the verb says what happened, in sentences, and ends with 1', async () => {
  const { code, lines } = await reconciled(CARD);
  expect(code).toBe(1);
  const said = lines.join('\n');
  expect(said).toMatch(/^C-0042: DIVERGED\./);
  expect(said).toMatch(/Entry 0: lost tail: /);
  expect(said).toMatch(/Entry 1, for module ATM-999999 under order \S+, certificate with TBS hash \S+: cloned card: /);
  expect(said).toMatch(/Entry 1, for module ATM-999999 .*: rogue signature: no approved order on record/);
});

test('the view shows them to whoever may look, and the key is as it was: taking trust away is an officer’s to do', async () => {
  const auditor = orThrow(await it.world.callers.signedIn('rita'));
  const client = new PlatformClient({ url: it.house.platformUrl, token: () => auditor.session.token });
  const query = `{ chipCard(card: "${CARD}") { keyState divergences { kind number serial healed sentence } } }`;
  const shows = async () =>
    (await client.ask<{ chipCard: { keyState: string; divergences: object[] } }>(query)).chipCard;
  expect(await until(async () => (await shows()).divergences.length === 3)).toBe(true);
  const { keyState, divergences: seen } = await shows();
  expect(keyState).toBe('active');
  expect(seen[0]).toMatchObject({ kind: 'lost-tail', healed: false, sentence: expect.stringContaining('lost tail') });
  await client.close();
});

test('S29a S29c an officer looks at an alarm and signs what he found; what nobody looked at in time is an alarm of its own', async () => {
  const bench = new PeopleBench(it);
  const [lostTail] = (await it.events()).filter(({ type }) => type === 'CardLogDiverged').map(dataOf);
  const { number, head } = lostTail!;
  const review = (own: object = {}) => {
    const alarm = { card: CARD, divergence: 'lost-tail', number, head, reason: 'known-copy' };
    return { kind: 'review-divergence', ...alarm, ...own };
  };
  const does = async (operation: string, order: object, by: readonly ('anna' | 'bo')[] = ['anna']) => {
    const bytes = await bench.ordered(order, by);
    return codeOf(await bench.submit('clara', operation, { order: 'ID!' }, { order: orderId(bytes) }));
  };
  expect(await does('reviewDivergence', review({ number: 5 }))).toBe('ALARM_UNKNOWN');
  expect(await does('reviewDivergence', review(), [])).toBe('QUORUM_PERSONS');
  expect(await does('reviewDivergence', review())).toBe('done');
  expect(await does('reviewDivergence', review({ reason: 'drill' }))).toBe('ALARM_REVIEWED');
  const suspension = { kind: 'suspend-signing-key', cardKey: card.cardKey, reason: 'log-diverged' };
  expect(await does('suspendSigningKey', suspension)).toBe('done');
  const overdue = async () => (await it.events()).filter(({ type }) => /Overdue$/.test(type)).map(({ type }) => type);
  expect(await overdue()).toEqual([]);
  ahead = 3 * 86_400 + 60;
  expect(await until(async () => (await overdue()).length === 3)).toBe(true);
  ahead = 0;
  expect((await overdue()).sort()).toEqual(['DivergenceOverdue', 'DivergenceOverdue', 'SuspensionOverdue']);

  const asked = `{ chipCards(filter: { overdue: true }) { edges { node { card overdue suspension { overdue reason }
    divergences { kind overdue review { reason } } } } } }`;
  const late = async () =>
    (await it.world.callers.ask<{ chipCards: { edges: { node: object }[] } }>('rita', asked, {})).chipCards.edges;
  expect(await until(async () => (await late()).length === 1)).toBe(true);
  const seen = (await late())[0]!.node as { divergences: { kind: string; overdue: boolean; review: object }[] };
  expect(seen).toMatchObject({ card: CARD, overdue: true, suspension: { overdue: true, reason: 'log-diverged' } });
  expect(seen.divergences.map((one) => [one.overdue, one.review])).toEqual([
    [false, { reason: 'known-copy' }],
    [true, null],
    [true, null],
  ]);
  for (const { kind } of seen.divergences.slice(1)) {
    const found = (await it.events()).find(({ type, data }) => type === 'CardLogDiverged' && isOf(data, kind));
    const { number: at, head: headOf } = dataOf(found!);
    expect(await does('reviewDivergence', review({ divergence: kind, number: at, head: headOf }))).toBe('done');
  }
  expect(await late()).toHaveLength(1);
  const compromise = { kind: 'compromise-signing-key', cardKey: card.cardKey, reason: 'log-diverged' };
  expect(await does('compromiseSigningKey', compromise, ['anna', 'bo'])).toBe('done');
  expect(await until(async () => (await late()).length === 0)).toBe(true);
});

const isOf = (data: unknown, kind: string): boolean => (data as { kind: string }).kind === kind;

test('S29a S29c an auditor judges reviews and what is overdue again', async () => {
  const log = await it.events();
  const judged = async (events: typeof log) => {
    const result = await replay(numbered(events));
    return isFinding(result) ? `${result.code} ${result.type}` : 'holds';
  };
  expect(await judged(log)).toBe('holds');
  const review = nth(log, 'DivergenceReviewed');
  const other = (own: object) =>
    judged(log.map((one) => (one === review ? { ...one, data: { ...dataOf(one), ...own } } : one)));
  expect(await other({ reason: 'explained' })).toBe('ACT_OTHER_THAN_ORDERED DivergenceReviewed');
  expect(await other({ number: 9 })).toBe('ACT_OTHER_THAN_ORDERED DivergenceReviewed');
  const enrolment = String(dataOf(nth(log, 'UnitEnrolled')).order);
  expect(await other({ order: enrolment })).toBe('ORDER_OTHER_KIND DivergenceReviewed');
  const first = log.findIndex(({ type }) => /Overdue$/.test(type));
  const { recordedAt } = nth(log, 'SigningKeySuspended');
  for (const type of ['SuspensionOverdue', 'DivergenceOverdue']) {
    const early = [...log.slice(0, first), nth(log, type)];
    const told = early.map((one) => (one.recordedAt > recordedAt ? { ...one, recordedAt } : one));
    expect(await judged(told)).toBe(`REVIEW_NOT_DUE ${type}`);
  }
});

test('the record holds, and an unfounded accusation would not', async () => {
  const events = await it.events();
  const result = await replay(events);
  expect(isFinding(result) ? result : 'held').toBe('held');
  const at = events.findIndex(({ type }) => type === 'CardLogDiverged');
  const accused = events.map((event, index) =>
    index === at ? { ...event, data: { ...(event.data as object), number: 7 } } : event,
  );
  expect(await replay(accused)).toMatchObject({ code: 'DIVERGENCE_UNFOUNDED' });
  expect(isRefusal(result)).toBe(false);
});
