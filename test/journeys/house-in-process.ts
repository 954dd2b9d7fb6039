/** A whole deployment in one process and a folder of its own, for journeys that tell the story. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevices } from '#apps/keyledger/src/demo/devices.ts';
import type { UnitChoice } from '#apps/keyledger/src/demo/crypto-unit.ts';
import { foundDemo } from '#apps/keyledger/src/demo/found.ts';
import { type House, raiseHouse } from '#apps/keyledger/src/demo/house.ts';
import { inProcess } from '#apps/keyledger/src/demo/parts.ts';
import { type StoryLine, Teller } from '#apps/keyledger/src/story/teller.ts';
import { World } from '#apps/keyledger/src/story/world.ts';
import type { PlatformConfig } from '#apps/platform/src/config.ts';
import type { Limits } from '#apps/platform/src/bounds/limits.ts';
import { startPlatform } from '#apps/platform/src/platform.ts';
import type { StationConfig } from '#apps/station/src/config.ts';
import { startStation } from '#apps/station/src/station.ts';
import type { UnitConfig } from '#apps/unit/src/config.ts';
import { type Running, startUnit } from '#apps/unit/src/unit.ts';
import { chooseEvents, openLogReader } from '#apps/keyledger/src/demo/event-log.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { viewsOfHouse } from '#test/kit/house-views.ts';

export interface HouseInProcess {
  readonly folder: string;
  readonly house: House;
  readonly log: LogReader;
  readonly world: World;
  readonly lines: readonly StoryLine[];
  /** What the parts said to whoever watches. */
  readonly said: readonly string[];
  readonly events: () => Promise<readonly StoredEvent[]>;
  /** Switches the unit off and on: it keeps what lies in its folder, and nothing else. */
  readonly restartUnit: () => Promise<void>;
  /** Stops every part; the folder stays. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface HouseOptions {
  /** Address of a collector of traces. */
  readonly traces?: string;
  /** Where the signing keys lie. */
  readonly unit?: UnitChoice;
  /** What platform and station are told otherwise than in the demo. */
  readonly platformConfig?: (given: PlatformConfig) => PlatformConfig;
  readonly stationConfig?: (given: StationConfig) => StationConfig;
  /** What the unit is told otherwise than in the demo. */
  readonly unitConfig?: (given: UnitConfig) => UnitConfig;
  /** Address of a PostgreSQL log; else the event file. */
  readonly events?: string;
  /** Address of a PostgreSQL database for the views; else a file. */
  readonly views?: string;
  /** What the platform takes for now. */
  readonly platformClock?: Clock;
  /** How much of it one caller may take, otherwise than by default. */
  readonly platformLimits?: Partial<Limits>;
  /** Where the unit finds the platform, when there is something in between; told the platform's own address. */
  readonly unitReaches?: (platformUrl: string) => Promise<string>;
  /** A data folder that is taken up again; a new one otherwise. Whoever names it drops it. */
  readonly folder?: string;
  /** What is written down in the platform's own folder before it starts, by the name of the file. */
  readonly beside?: Readonly<Record<string, string>>;
}

export async function houseInProcess(options: HouseOptions = {}): Promise<HouseInProcess> {
  const { unitReaches, platformClock, platformLimits, unitConfig = (given) => given, beside = {} } = options;
  const { platformConfig = (given) => given, stationConfig = (given) => given } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'kl-'));
  const [lines, said]: [StoryLine[], string[]] = [[], []];
  let unit: Running | null = null;
  let startAgain: (() => Promise<Running>) | null = null;
  const deployment = foundDemo(folder, systemClock, options.unit);
  chooseEvents(deployment.places.platform.events, options.events);
  for (const [name, text] of Object.entries(beside)) writeFileSync(join(deployment.places.platform.folder, name), text);
  const house = await raiseHouse({
    deployment,
    launch: inProcess({
      devices: startDevices,
      platform: (given: PlatformConfig, options) =>
        startPlatform(platformConfig(given), {
          ...options,
          ...(platformClock === undefined ? {} : { clock: platformClock }),
          ...(platformLimits === undefined ? {} : { limits: platformLimits }),
        }),
      station: (given: StationConfig, options) => startStation(stationConfig(given), options),
      unit: async (given: UnitConfig, options) => {
        const platformUrl = (await unitReaches?.(given.platformUrl)) ?? given.platformUrl;
        startAgain = () => startUnit(unitConfig({ ...given, platformUrl }), options);
        unit = await startAgain();
        return { address: unit.address, close: () => unit?.close() ?? Promise.resolve() };
      },
    }),
    host: '127.0.0.1',
    port: 0,
    baud: 0,
    nodeEnv: 'test',
    operations: { traces: options.traces ?? null, views: options.views ?? (await viewsOfHouse()) },
    restart: false,
    say: (part, line) => said.push(`${part}: ${line}`),
  });
  const log = await openLogReader(house.deployment.places.platform.events);
  const world = new World({ house, log, clock: systemClock, teller: new Teller((line) => lines.push(line)) });
  const events = async (): Promise<readonly StoredEvent[]> => {
    const all: StoredEvent[] = [];
    for await (const event of log.readAll()) all.push(event);
    return all;
  };
  const restartUnit = async (): Promise<void> => {
    await unit?.close();
    unit = (await startAgain?.()) ?? null;
  };
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= house.close());
  const close = async (): Promise<void> => {
    await world.close();
    await log.close();
    await stop();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { folder, house, log, world, lines, said, events, restartUnit, stop, close };
}
