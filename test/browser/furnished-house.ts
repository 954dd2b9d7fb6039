/**
 * A deployment with enough in it to be looked at: the machines of test/data in operation, one of them refused, one silent,
 * orders that wait for several people, and a chip card whose log lost its tail, suspended.
 */
import { join } from 'node:path';
import { CARD } from '#apps/keyledger/src/demo/names.ts';
import { tellServing } from '#apps/keyledger/src/demo/running.ts';
import { machinesIn } from '#apps/keyledger/src/fleet/machines.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { ANYWHERE, founding } from '#apps/keyledger/src/story/founding.ts';
import { suspended, withdrawal } from '#apps/keyledger/src/story/operation.ts';
import {
  orderFor,
  personalizationOrder,
  personalized,
  refusedTwice,
  registerModule,
} from '#apps/keyledger/src/story/personalization.ts';
import { fleetImport } from '#apps/keyledger/src/verbs/fleet-import.ts';
import { fleetPersonalize } from '#apps/keyledger/src/verbs/fleet-personalize.ts';
import { fleetPlace } from '#apps/keyledger/src/verbs/fleet-place.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench } from '#test/journeys/people-bench.ts';
import { heard } from '#test/journeys/story-record.ts';
import { madeUpId } from '#test/kit/orders.ts';
import { cardKeyOfFleet, copyOfCard, oneRefused, oneSilent, tailLost } from './furnished-trouble.ts';

const CSV = join(import.meta.dirname, '../data/machines.csv');
/** Machines that stand in their place and wait for their order. */
const WAITING = 4;

export interface FurnishedHouse {
  readonly it: HouseInProcess;
  /** Of the certificate of a machine that operates. */
  readonly fingerprint: string;
  /** The order that waits and has one approval. */
  readonly order: string;
  readonly serial: string;
  readonly close: () => Promise<void>;
}

export async function furnishedHouse(): Promise<FurnishedHouse> {
  const it = await houseInProcess();
  const { world } = it;
  await founding(world);
  const card = await issueCard(world);
  const before = copyOfCard(it);
  await registerModule(world);
  const order = orderFor(world, card)('personalize');
  await personalized(world, order);
  await refusedTwice(world, order);
  await withdrawal(world);
  const { fingerprint, serial, waiting } = await fleet(it);
  await tailLost(it, before);
  await suspended(world, card);
  const waits = await ordersWaiting(it, waiting);
  await oneRefused(it);
  const plug = await oneSilent(it);
  const close = async (): Promise<void> => {
    await plug.close();
    await it.close();
  };
  return { it, fingerprint, order: waits, serial, close };
}

/** All but the last machines operate; answers with those. */
async function fleet(it: HouseInProcess) {
  const { folder, world } = it;
  tellServing(it.house);
  await fleetImport({ folder, file: CSV }, heard().terminal);
  await fleetPlace({ folder }, heard().terminal);
  const all = machinesIn(it.house.deployment.places.fleet.machines).map((one) => one.serial);
  await fleetPersonalize({ folder, count: all.length - WAITING }, heard().terminal);
  const [serial = ''] = all;
  const issued = await world.event(
    'CertificateIssued',
    ({ type, stream }) => type === 'CertificateIssued' && stream.endsWith(`-${serial}`),
  );
  return { ...(issued.data as { fingerprint: string }), serial, waiting: all.slice(-WAITING) };
}

/** Clara asks for several things; Bo approves the first, and Anna asks for one herself. */
async function ordersWaiting(it: HouseInProcess, serials: readonly string[]): Promise<string> {
  const { world } = it;
  const cardKey = await cardKeyOfFleet(it);
  const first = personalizationOrder(world, { name: 'four machines', cardKey, serials });
  await world.requests('clara', first);
  await world.approves('bo', first);
  const bench = new PeopleBench(it);
  const gus = { id: 'P-GUS', roles: ['approver'] as const, keys: bench.inForce.persons[0]?.keys ?? [] };
  const more = [
    bench.adoption(bench.later({ persons: [...bench.inForce.persons, gus] })),
    { kind: 'enrol-unit', unit: 'U-9', credential: madeUpId('unit') },
    { kind: 'withdraw-roles', operator: 'P-RITA', roles: ['auditor'], reason: 'replaced' },
  ];
  for (const particular of more) orThrow(await bench.requested(bench.written(particular)));
  const own = world.order('own', 'anna', {
    ...ANYWHERE,
    kind: 'retire-card',
    card: CARD,
    reason: 'broken',
  });
  await world.requests('anna', own);
  return first.id;
}
