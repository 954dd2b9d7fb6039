/** `demo` and `start`: founds or takes up a deployment, raises its house, tells the story, and serves or ends. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { readCheckpoints } from '#libs/seal/checkpoint-file.ts';
import { Complaint, type Environment } from '../config.ts';
import { tellStory } from '../story/story.ts';
import { type StoryLine, Teller, renderLine } from '../story/teller.ts';
import { World } from '../story/world.ts';
import { logLine, plainLine } from '../log.ts';
import { type Terminal, isWatched } from '../terminal.ts';
import { NOT_WITNESSED, verify } from '../verbs/verify.ts';
import { CARDS_ONLY, type UnitChoice, chosenUnit } from './crypto-unit.ts';
import { chooseEvents, openLogReader } from './event-log.ts';
import { type Deployment, foundDemo } from './found.ts';
import { type House, raiseHouse } from './house.ts';
import { demoLinks, linkLines } from './links.ts';
import { forked } from './parts.ts';
import { placesIn } from './places.ts';
import { servesNoMore, tellServing } from './running.ts';

const BANNER =
  'DEMO: people, keys and devices are made up and lie on this machine; nothing here protects anything real.';
const HOST_BANNER =
  'ENFORCEMENT HOST: the signing keys do not lie in cards; whoever has PIN and key certifies what he likes.';
export const DEFAULT_PORT = 4400;

export interface RunOptions {
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Bits per second of the emulated V.24 lines; 0 is unpaced. */
  readonly baud: number;
  /** Where the signing keys lie, where nothing is founded yet; null for cards. */
  readonly unit: UnitChoice | null;
  /** Answers when somebody wants it to end. */
  readonly stop: Promise<void>;
}

export interface StartOptions extends RunOptions {
  /** Whether the story is told, where it has not been. */
  readonly tell: boolean;
}

/** Tells the story in a temporary folder, or in KEYLEDGER_DATA, and ends: 0 only if each step held. */
export async function demo({ environment, terminal, baud, unit }: RunOptions): Promise<number> {
  const folder = environment.folder ?? mkdtempSync(join(tmpdir(), 'keyledger-demo-'));
  try {
    const deployment = found(folder, unit, { environment, terminal });
    const house = await raise(deployment, { environment, terminal, baud, port: environment.port ?? 0, restart: false });
    try {
      await unlessFallen(house, (signal) => story(house, terminal, signal));
    } finally {
      await house.close();
    }
    return await verify({ folder }, terminal);
  } finally {
    if (environment.folder === null) rmSync(folder, { recursive: true, force: true });
  }
}

/** Founds where nothing is, tells the story once, and serves until it is stopped. */
export async function start({ environment, terminal, baud, unit, tell, stop }: StartOptions): Promise<number> {
  const folder = environment.folder ?? join(process.cwd(), 'data');
  const again = await hasBeenSealed(folder);
  const held = again ? await verify({ folder }, terminal) : 0;
  if (held !== 0 && held !== NOT_WITNESSED) return 1;
  const deployment = found(folder, unit, { environment, terminal });
  const house = await raise(deployment, {
    environment,
    terminal,
    baud,
    port: environment.port ?? DEFAULT_PORT,
    restart: true,
  });
  try {
    await unlessFallen(house, async (signal) => {
      const telling = tell ? told(house, terminal, signal) : Promise.resolve();
      const done = await Promise.race([telling.then(() => 'told'), stop]);
      if (done === 'told') await announce(house, folder, terminal);
      await stop;
    });
    return 0;
  } finally {
    servesNoMore(deployment.places);
    await house.close();
  }
}

/** Whether anything of the record stands under a checkpoint. A start that was killed before is taken up; there is nothing to hold it to. */
async function hasBeenSealed(folder: string): Promise<boolean> {
  const checkpoints = await readCheckpoints(placesIn(folder).platform.checkpoints);
  return isRefusal(checkpoints) || checkpoints.length > 0;
}

/** Runs until it is done, or until the house falls; then it is told to end, and the fall is what is thrown. */
async function unlessFallen(house: House, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const running = run(ending.signal);
  try {
    await Promise.race([running, house.fallen]);
  } finally {
    ending.abort();
    await running.catch(() => undefined); // what made it end is thrown already
  }
}

async function announce(house: House, folder: string, terminal: Terminal): Promise<void> {
  const url = house.platformUrl.replace('127.0.0.1', 'localhost');
  tellServing(house);
  terminal.line(
    `\nThe dashboard, as each of the demo's people (links of an hour; npm run keyledger -- links prints new ones):`,
  );
  for (const line of linkLines(await demoLinks({ folder, url: house.platformUrl, shown: url }))) terminal.line(line);
  terminal.line(`\nServing at ${url} (health: /health/ready). Data in ${folder}. End with Ctrl-C.`);
  terminal.data({ serving: house.platformUrl, folder, pids: house.pids() });
}

function found(
  folder: string,
  unit: UnitChoice | null,
  { environment, terminal }: { environment: Environment; terminal: Terminal },
): Deployment {
  if (environment.nodeEnv === 'production')
    throw new Complaint(
      'DEMO_IN_PRODUCTION',
      'This deployment is a demo with emulated devices and never runs with NODE_ENV=production.',
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chooseEvents(placesIn(folder).platform.events, environment.events);
  terminal.line(BANNER);
  const deployment = foundDemo(folder, systemClock, unit ?? CARDS_ONLY);
  const { kind } = chosenUnit(deployment.places);
  if (unit !== null && unit.kind !== kind)
    throw new Complaint(
      'UNIT_CHOSEN',
      `The signing keys of ${folder} lie in ${kind}; that was chosen at its founding.`,
    );
  if (kind !== 'card') terminal.line(HOST_BANNER);
  return deployment;
}

async function raise(
  deployment: Deployment,
  it: { environment: Environment; terminal: Terminal; baud: number; port: number; restart: boolean },
): Promise<House> {
  const { environment, terminal, baud, port, restart } = it;
  const asJson = environment.log === null ? !isWatched() : environment.log === 'json';
  const house = await raiseHouse({
    deployment,
    launch: forked,
    host: environment.host,
    port,
    baud,
    nodeEnv: environment.nodeEnv,
    restart,
    operations: { metrics: environment.metrics, traces: environment.traces, views: environment.views },
    say: (part, sentence, level) => {
      const line = logLine({ part, sentence, ...(level === undefined ? {} : { level }) }, systemClock);
      terminal.warn(asJson ? JSON.stringify(line) : plainLine(line));
    },
    restarted: (pids) => terminal.data({ pids }),
  });
  terminal.data({ pids: house.pids() });
  return house;
}

/** The story where it has not been told to its end; where a fleet stands instead, it is not begun any more. */
async function told(house: House, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { story: begun, fleet } = house.deployment.places;
  if (!existsSync(begun) && existsSync(fleet.steps)) return;
  const log = await openLog(house);
  let ended = false;
  for await (const event of log.readAll()) ended ||= event.type === 'SessionRefused';
  await log.close();
  if (!ended) await story(house, terminal, signal);
}

async function story(house: House, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const log = await openLog(house);
  const tell = (line: StoryLine): void => {
    terminal.line(renderLine(line));
    terminal.data(line);
  };
  const world = new World({ house, log, clock: systemClock, teller: new Teller(tell), signal });
  try {
    const { fingerprint } = await tellStory(world);
    terminal.line(
      `\nThe whole certificate follows from the record alone: npm run keyledger -- reconstruct -- ${fingerprint}`,
    );
    terminal.data({ fingerprint });
  } finally {
    await world.close();
    await log.close();
  }
}

function openLog(house: House): Promise<LogReader> {
  return openLogReader(house.deployment.places.platform.events);
}
