/** What goes wrong in a furnished deployment: a chip card put back, a module that is not there, a line that falls silent. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { openCard } from '#apps/keyledger/src/demo/images.ts';
import { CARD, MODULE_CLASS, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { placesIn } from '#apps/keyledger/src/demo/places.ts';
import { fleetCard, openDesk } from '#apps/keyledger/src/fleet/desk.ts';
import { personalizationOrder } from '#apps/keyledger/src/story/personalization.ts';
import { readCardLog } from '#apps/unit/src/card-reading.ts';
import { signReport } from '#libs/kernel/report.ts';
import { listenLocal } from '#libs/local/local-socket.ts';
import { lineAddress } from '#libs/local/plug.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { memoryImage } from '#module-emulator/memory-image.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import type { HouseInProcess } from '#test/journeys/house-in-process.ts';

const [REFUSED, SILENT] = ['KL-000301', 'KL-000302'];
const EMPTY = { number: 0, head: 'A'.repeat(43) };

export async function cardKeyOfFleet({ folder }: HouseInProcess): Promise<string> {
  const desk = await openDesk({ folder });
  const { cardKey } = await fleetCard(desk);
  await desk.close();
  return cardKey;
}

/** The card as it is now, as whoever could copy it has it. */
export function copyOfCard(it: HouseInProcess): CardMemory {
  const folder = mkdtempSync(join(tmpdir(), 'kl-copy-'));
  cpSync(it.folder, folder, { recursive: true });
  const memory = openCard(placesIn(folder)).read();
  rmSync(folder, { recursive: true, force: true });
  return memory;
}

/** The unit reads a log that is shorter than the one on record. */
export async function tailLost(it: HouseInProcess, before: CardMemory): Promise<void> {
  const { places, genesis } = it.house.deployment;
  const key = keyAt(places.unit.credential, 'P-256');
  const claims = { aud: genesis, exp: it.world.clock.seconds() + BEARER_LIFE, sub: `unit:${UNIT}` };
  const unit = new PlatformClient({ url: it.house.platformUrl, token: () => bearerToken(claims, key) });
  const [data] = orThrow(await readCardLog(await new CardBench(before).selected(), EMPTY));
  const told = { stream: `card-${CARD}`, occurredAt: it.world.clock.rfc3339(), fact: { type: 'CardLogRead', data } };
  const signed = signReport({ by: `unit:${UNIT}`, genesis, ...told }, key);
  orThrow(await unit.submit('report', { statement: 'String!', proof: 'ProofInput!' }, { ...signed }));
  await it.world.event('CardLogDiverged', ({ type }) => type === 'CardLogDiverged');
  await unit.close();
}

/** Its module is on record and lies nowhere. */
export async function oneRefused(it: HouseInProcess): Promise<void> {
  await ordered(it, REFUSED, 'poznan/301');
  await it.world.event(
    'PersonalizationFailed',
    ({ stream }) => stream.endsWith(`-${REFUSED}`) && !stream.startsWith('security'),
  );
}

/** Its line is there, and nothing is ever said on it. Closed, the run ends. */
export async function oneSilent(it: HouseInProcess): Promise<{ readonly close: () => Promise<void> }> {
  const plug = await listenLocal(lineAddress(it.house.sockets, SILENT), () => undefined);
  await ordered(it, SILENT, 'paris/302');
  await it.world.event('LineAttached', ({ type, data }) => {
    return type === 'LineAttached' && (data as { serial?: string }).serial === SILENT;
  });
  return plug;
}

/** Recorded, received, placed, and to be personalized by an order of two persons. */
async function ordered(it: HouseInProcess, serial: string, site: string): Promise<void> {
  const { manufacturer } = it.house.deployment;
  const image = memoryImage(manufacturer.makeModule(serial, MODULE_CLASS));
  manufacturer.initializeModule(image);
  const { certificate: identity = '', identityCa = '' } = image.read().identity ?? {};
  const { platform, close } = await openDesk({ folder: it.folder });
  orThrow(await platform.register(serial, { identity, identityCa }));
  orThrow(await platform.receive(serial));
  orThrow(await platform.place(serial, site));
  await close();
  const cardKey = await cardKeyOfFleet(it);
  await it.world.orderedByTwo(
    personalizationOrder(it.world, { name: `trouble ${serial}`, cardKey, serials: [serial] }),
  );
}
