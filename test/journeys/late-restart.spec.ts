/** A unit that is switched off between what it did and its report of it: what it signed waits in its folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, orderFor, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import type { WrittenOrder } from '#apps/keyledger/src/story/world.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { CutNetwork } from './cut-network.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { until } from './until.ts';

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
  network.cutsBefore = 'CertificateInstalled';
  order = orderFor(world, card)('restart');
  await world.orderedByTwo(order);
}, 180_000);

afterAll(async () => {
  await it?.close();
  await network?.close();
});

function waiting(): readonly { readonly statement: string }[] {
  const file = join(it.house.deployment.places.unit.folder, 'outbox.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { statement: string }[]) : [];
}

const ofRun = async (type: string): Promise<readonly StoredEvent[]> =>
  (await it.events()).filter(
    (event) => event.type === type && event.stream === `personalization-${order.id}-${SERIAL}`,
  );

test('every report is on the disk before the run goes on without the platform', async () => {
  expect(await until(() => Promise.resolve(waiting().some(({ statement }) => statement.includes('Completed'))))).toBe(
    true,
  );
  const types = waiting().map(({ statement }) => /"type":"([A-Za-z]+)"/.exec(statement)?.[1]);
  expect(types.slice(-3)).toEqual(['CertificateInstalled', 'LineDetached', 'PersonalizationCompleted']);
  expect(await ofRun('CertificateInstalled')).toEqual([]);
});

test('switched off, and on again with the network: each report is recorded once and accepted', async () => {
  await it.restartUnit();
  network.mend();
  expect(await until(async () => (await ofRun('PersonalizationCompleted')).length > 0)).toBe(true);
  for (const type of ['CertificateIssued', 'CertificateInstalled', 'PersonalizationCompleted'])
    expect(await ofRun(type)).toHaveLength(1);
  expect((await it.events()).map(({ type }) => type)).not.toContain('ReportContested');
  expect(await until(async () => (await it.events()).some(({ type }) => type === 'ModuleEnteredOperation'))).toBe(true);
});

test('switched off once more, it says nothing twice', async () => {
  const before = (await it.events()).length;
  await it.restartUnit();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await it.events()).slice(before)).toEqual([]);
});

test('the record holds', async () => {
  const result = await replay(await it.events());
  expect(isFinding(result) ? result : 'held').toBe('held');
});
