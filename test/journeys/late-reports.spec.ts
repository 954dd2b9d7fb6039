/** A unit whose network drops after it got its order and its lease: it finishes, and reports when it can. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { orderFor, registerModule, SERIAL } from '#apps/keyledger/src/story/personalization.ts';
import type { WrittenOrder } from '#apps/keyledger/src/story/world.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { askState } from '#module-emulator/security-module/control.ts';
import { CutNetwork } from './cut-network.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { until } from './until.ts';

const OFFLINE_MS = 1500;

let it: HouseInProcess;
let network: CutNetwork;
let order: WrittenOrder;

beforeAll(async () => {
  it = await houseInProcess({
    unitReaches: async (platformUrl) => (network = await CutNetwork.before(platformUrl)).url,
  });
  const { world } = it;
  await founding(world);
  const card = await issueCard(world);
  await registerModule(world);
  network.cutsBefore = 'CertificateIssued';
  order = orderFor(world, card)('late');
  await world.orderedByTwo(order);
}, 180_000);

afterAll(async () => {
  await it?.close();
  await network?.close();
});

const state = async (): Promise<string> => {
  const stated = await askState(it.house.devices.controls[SERIAL] ?? '');
  return isRefusal(stated) ? stated.code : stated.state;
};

async function ofRun(...types: readonly string[]): Promise<readonly StoredEvent[]> {
  const own = (await it.events()).filter(({ stream }) => stream === `personalization-${order.id}-${SERIAL}`);
  return types.length === 0 ? own : own.filter(({ type }) => types.includes(type));
}

test('S21a S29a the network drops after the lease: card and module finish without it, and the record knows nothing yet', async () => {
  expect(await until(async () => network.isCut && (await state()) === 'operating')).toBe(true);
  expect((await ofRun()).map(({ type }) => type)).not.toContain('CertificateIssued');
  expect(it.said.filter((line) => line.startsWith('unit:'))).toEqual([]);
});

test('what was done under an order that was withdrawn meanwhile is recorded and contested, never lost and never accepted', async () => {
  const proof = signDetached('keyledger-withdrawal+jws', utf8(order.text), it.world.keyOf('bo'));
  const values = { order: order.id, proof };
  const types = { order: 'ID!', proof: 'ProofInput!' };
  expect(
    isRefusal(await it.world.attempt({ by: 'bo', name: 'withdraw late', operation: 'withdrawOrder' }, types, values)),
  ).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, OFFLINE_MS));
  network.mend();
  expect(await until(async () => (await ofRun('PersonalizationCompleted')).length > 0)).toBe(true);

  const issued = (await ofRun()).findIndex(({ type }) => type === 'CertificateIssued');
  expect((await ofRun())[issued + 1]).toMatchObject({
    type: 'ReportContested',
    data: { fact: 'CertificateIssued', code: 'AFTER_WITHDRAWAL' },
  });
  expect((await ofRun('CertificateIssued', 'CertificateInstalled', 'PersonalizationCompleted')).length).toBe(3);
  expect((await it.events()).map(({ type }) => type)).not.toContain('CertificateRecorded');
});

test('when it happened and when it was recorded differ by as long as the unit was alone, and the order of things is kept', async () => {
  const late = await ofRun('CertificateIssued', 'CertificateInstalled');
  for (const { occurredAt, recordedAt } of late)
    expect(Date.parse(recordedAt) - Date.parse(occurredAt)).toBeGreaterThanOrEqual(OFFLINE_MS - 100);
  expect(late.map(({ occurredAt }) => occurredAt)).toEqual(late.map(({ occurredAt }) => occurredAt).toSorted());
});

test('an order that the card has used counts as spent all the same', async () => {
  expect(
    await until(async () =>
      (await it.events()).some(({ type, stream }) => type === 'OrderSpent' && stream === `order-${order.id}`),
    ),
  ).toBe(true);
});

test('the record holds', async () => {
  const result = await replay(await it.events());
  expect(isFinding(result) ? result : 'held').toBe('held');
});
