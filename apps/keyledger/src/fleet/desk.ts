/** What a verb of the fleet works with: a running deployment, seen from a process of its own. */
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { Complaint } from '../config.ts';
import { benchAddress, deviceAddresses } from '../demo/addresses.ts';
import { Bench } from '../demo/bench.ts';
import { logStands, openLogReader } from '../demo/event-log.ts';
import { foundDemo } from '../demo/found.ts';
import { FLEET_CARD, STATION, UNIT } from '../demo/names.ts';
import { type Places, placesIn } from '../demo/places.ts';
import { servingAt } from '../demo/running.ts';
import { type IssuedCard, issueCard } from '../story/card.ts';
import { enrolStation, enrolUnit } from '../story/founding.ts';
import { Teller } from '../story/teller.ts';
import { World } from '../story/world.ts';
import { FleetPlatform } from './platform.ts';
import { FleetRecord } from './record.ts';

export interface DeskOptions {
  readonly folder: string;
  /** Of the platform; default: as the running deployment says itself. */
  readonly url?: string;
  readonly clock?: Clock;
}

export interface FleetDesk {
  readonly places: Places;
  readonly world: World;
  readonly platform: FleetPlatform;
  readonly bench: Bench;
  readonly record: FleetRecord;
  readonly close: () => Promise<void>;
}

/** The record of a data folder, and nothing else: for who only looks. Throws Complaint NOT_FOUNDED. */
export async function openFleetRecord(folder: string): Promise<{ record: FleetRecord; log: LogReader }> {
  const { platform } = placesIn(folder);
  if (!logStands(platform.events))
    throw new Complaint('NOT_FOUNDED', `Nothing was founded in ${folder}; begin with npm start.`);
  const log = await openLogReader(platform.events);
  return { record: new FleetRecord(log), log };
}

/** Throws Complaint NOT_FOUNDED, NOT_RUNNING. */
export async function openDesk({ folder, url, clock = systemClock }: DeskOptions): Promise<FleetDesk> {
  const places = placesIn(folder);
  const { record, log } = await openFleetRecord(folder);
  const serving = servingAt(places);
  if (serving === null) {
    await log.close();
    throw new Complaint('NOT_RUNNING', `Nothing serves ${folder}; start it with npm start, and wait until it serves.`);
  }
  const { sockets } = serving;
  const house = {
    deployment: foundDemo(folder, clock),
    platformUrl: url ?? serving.url,
    stationAddress: '',
    devices: deviceAddresses(sockets),
  };
  const tale = { name: 'fleet', file: places.fleet.steps };
  const world = new World({ house, log, clock, tale, teller: new Teller(() => undefined) });
  const [platform, bench] = [new FleetPlatform(world), new Bench(benchAddress(sockets))];
  const close = async (): Promise<void> => {
    bench.close();
    await Promise.all([world.close(), log.close()]);
  };
  await record.readOn();
  return { places, world, platform, bench, record, close };
}

/** Unit and station are let in, where the story has not done so; each by an order of two persons. */
export async function letIn({ world, record }: FleetDesk): Promise<void> {
  if (!record.isEnrolled(`unit-${UNIT}`)) await enrolUnit(world);
  if (!record.isEnrolled(`station-${STATION}`)) await enrolStation(world);
}

/** The fleet's own chip card, issued, active and trusted: done once, by everybody whom that needs. */
export async function fleetCard(desk: FleetDesk): Promise<IssuedCard> {
  const { world } = desk;
  const known = world.kept('fleet card');
  if (known !== null) return { cardKey: known['cardKey'] ?? '' };
  await letIn(desk);
  const { cardKey } = await issueCard(world, FLEET_CARD);
  world.keepObject('fleet card', { cardKey });
  return { cardKey };
}
