/** A module in operation is reset under four eyes, its station drops the old certificate, and it is personalized again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openModule } from '#apps/keyledger/src/demo/images.ts';
import { MODULE_CLASS, STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { issueCard, type IssuedCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, orderFor, personalized, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { withdrawal } from '#apps/keyledger/src/story/operation.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { askWithdrawal, setJumper } from '#module-emulator/security-module/control.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { heard } from './story-record.ts';
import { until } from './until.ts';

let it: HouseInProcess;
let card: IssuedCard;
const image = () => openModule(it.house.deployment.places, SERIAL).read();
const field = { site: 'field', moduleClass: MODULE_CLASS } as const;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  card = await issueCard(it.world);
  await registerModule(it.world);
  await personalized(it.world, orderFor(it.world, card)('personalize'));
  await withdrawal(it.world);
}, 180_000);

afterAll(() => it?.close());

const resetOrder = (name: string, epoch = 1) =>
  it.world.order(name, 'clara', { ...field, kind: 'reset', cardKey: card.cardKey, unit: UNIT, serial: SERIAL, epoch });

const withdraw = () =>
  askWithdrawal(it.house.devices.controls[SERIAL] ?? '', {
    station: it.house.stationAddress,
    account: 'PL61109010140000071219812874',
    amount: 100,
    currency: 'EUR',
  });

let wasReset: StoredEvent;

describe('a module in operation', () => {
  test('S26e is not reset by an order that one person approved', async () => {
    const order = resetOrder('reset-one', 1);
    await it.world.requests('clara', order);
    await it.world.approves('anna', order);
    const values = { order: order.id, statement: 'AA', signature: 'AA' };
    const types = { order: 'ID!', statement: 'String!', signature: 'String!' };
    const step = { by: 'unit', name: 'reset-one', operation: 'resetModule' } as const;
    expect(await it.world.attempt(step, types, values)).toMatchObject({ code: 'QUORUM_PERSONS' });
    expect(image()).toMatchObject({ state: 'operating', epoch: 1 });
  }, 180_000);

  test('S26e S26f erases its key under an order of two, by the card’s ticket, and says so in the record', async () => {
    const asked = `{ draftReset(serial: "${SERIAL}", card: "C-0042", unit: "${UNIT}") { bytes sentence } }`;
    const { draftReset } = await it.world.callers.ask<{ draftReset: { bytes: string; sentence: string[] } }>(
      'clara',
      asked,
      {},
    );
    expect(JSON.parse(draftReset.bytes)).toMatchObject({
      kind: 'reset',
      serial: SERIAL,
      epoch: 1,
      moduleClass: MODULE_CLASS,
    });
    expect(draftReset.sentence[0]).toBe(`Reset module ${SERIAL}: it erases the key of epoch 1, by unit ${UNIT}.`);
    const key = image().operation?.privateKey ?? '';
    const order = resetOrder('reset');
    await it.world.orderedByTwo(order);
    wasReset = await it.world.event('ModuleReset', ({ type }) => type === 'ModuleReset');
    expect(wasReset.data).toMatchObject({ epoch: 1, order: order.id, transferredTo: null });
    expect(image()).toMatchObject({ state: 'personalization', operation: null, epoch: 1 });
    expect(JSON.stringify(image())).not.toContain(key);
    const stream = `order-${order.id}`;
    const spent = await it.world.event('OrderSpent', (one) => one.stream === stream && one.type === 'OrderSpent');
    expect(spent.data).toEqual({ serial: null, by: `security-module-${SERIAL}` });
    expect(await withdraw()).toMatchObject({ code: 'MODULE_NOT_OPERATING' });
  }, 180_000);

  test('S26f has its old certificate dropped by the station, which hears of the least epoch that is left', async () => {
    const enforced = await it.world.event(
      'TrustListEnforced',
      ({ type, stream }) => type === 'TrustListEnforced' && stream === `trust-list-${STATION}`,
      wasReset.position,
    );
    expect((enforced.data as { version: number }).version).toBeGreaterThan(1);
    const trust = join(it.house.deployment.places.station.folder, 'trust.json');
    const kept = JSON.parse(readFileSync(trust, 'utf8')) as { modules: Record<string, object> };
    expect(kept.modules[SERIAL]).toEqual({ epoch: 2, spkiHash: null });
    const revoked = await it.world.event('CertificateRevoked', ({ type }) => type === 'CertificateRevoked');
    const { fingerprint } = (await it.events()).find(({ type }) => type === 'CertificateIssued')?.data as Record<
      string,
      string
    >;
    expect(revoked).toMatchObject({ stream: `certificate-${fingerprint}`, data: { reason: 'reset' } });
  }, 180_000);

  test('S26f makes another key at its next personalization, and operates with it', async () => {
    const second = orderFor(it.world, card)('personalize-again');
    const before = (await it.events()).length;
    await it.world.orderedByTwo(second);
    const stream = `personalization-${second.id}-${SERIAL}`;
    await it.world.event(
      'PersonalizationCompleted',
      (one) => one.stream === stream && one.type === 'PersonalizationCompleted',
    );
    await until(async () => (await it.events()).slice(before).some(({ type }) => type === 'ModuleEnteredOperation'));
    expect(image()).toMatchObject({ state: 'operating', epoch: 2 });
    const spkis = (await it.events())
      .filter(({ type }) => type === 'ModuleKeyReceived')
      .map(({ data }) => (data as { spki: string }).spki);
    expect(new Set(spkis).size).toBe(2);
    expect(await withdraw()).toMatchObject({ pay: 'yes' });
  }, 180_000);

  test('S26e is not reset a second time by the order of before, and all of it holds for the auditor', async () => {
    const order = resetOrder('reset');
    const { statement, signature } = wasReset.data as { statement: string; signature: string };
    const types = { order: 'ID!', statement: 'String!', signature: 'String!' };
    const step = { by: 'unit', name: 'reset-again', operation: 'resetModule' } as const;
    const again = await it.world.attempt(step, types, { order: order.id, statement, signature });
    expect(again).not.toMatchObject({ is: 'refusal' });
    expect((await it.events()).filter(({ type }) => type === 'ModuleReset')).toHaveLength(1);
    expect(image()).toMatchObject({ state: 'operating', epoch: 2 });
    expect(await verify({ folder: it.folder }, heard().terminal)).toBe(0);
    expect((await it.events()).filter(({ type }) => type === 'ReportContested')).toEqual([]);
  }, 180_000);
});

describe('a module whose housing was opened', () => {
  test('S26d has erased its key by the jumper, and the record hears of it under an order of two', async () => {
    const before = (await it.events()).length;
    expect(await setJumper(it.house.devices.controls[SERIAL] ?? '')).toMatchObject({ state: 'personalization' });
    expect(image()).toMatchObject({ operation: null, epoch: 2 });
    expect(await withdraw()).toMatchObject({ code: 'MODULE_NOT_OPERATING' });
    const order = resetOrder('reset-after-jumper', 2);
    await it.world.orderedByTwo(order);
    await until(async () => (await it.events()).slice(before).some(({ type }) => type === 'ModuleReset'));
    const told = (await it.events()).slice(before).find(({ type }) => type === 'ModuleReset');
    expect(told?.data).toMatchObject({ epoch: 2, order: order.id });
    expect(await verify({ folder: it.folder }, heard().terminal)).toBe(0);
  }, 180_000);
});

describe('what is retired', () => {
  test('a module by an order of its kind, and nothing more happens to it', async () => {
    const order = it.world.order('retire-module', 'clara', {
      ...field,
      kind: 'retire-module',
      serial: SERIAL,
      reason: 'drill',
    });
    await it.world.orderedByTwo(order);
    const step = { by: 'ada', name: 'retire-module', operation: 'retireModule' } as const;
    const event = await it.world.does(step, { order: 'ID!' }, { order: order.id });
    expect(event).toMatchObject({ type: 'ModuleRetired', data: { order: order.id, reason: 'drill' } });
    const wrong = { by: 'ada', name: 'retire-card-wrong', operation: 'retireModule' } as const;
    const reset = await it.world.attempt(wrong, { order: 'ID!' }, { order: resetOrder('reset').id });
    expect(reset).toMatchObject({ code: 'WRONG_ORDER_KIND' });
  }, 180_000);

  test('S06a a card by an order of its kind: it is given no more work', async () => {
    const order = it.world.order('retire-card', 'clara', {
      ...field,
      kind: 'retire-card',
      card: 'C-0042',
      reason: 'drill',
    });
    await it.world.orderedByTwo(order);
    const step = { by: 'ada', name: 'retire-card', operation: 'retireCard' } as const;
    const event = await it.world.does(step, { order: 'ID!' }, { order: order.id });
    expect(event).toMatchObject({ stream: 'card-C-0042', type: 'CardRetired' });
    expect(await verify({ folder: it.folder }, heard().terminal)).toBe(0);
  }, 180_000);
});
