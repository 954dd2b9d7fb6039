/** Two platforms as processes of their own behind one PostgreSQL log and one view database, and people who use both at once. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { chooseEvents, openLogReader } from '#apps/keyledger/src/demo/event-log.ts';
import { type Deployment, foundDemo } from '#apps/keyledger/src/demo/found.ts';
import { ANYWHERE } from '#apps/keyledger/src/story/founding.ts';
import { StoryBroken, Teller } from '#apps/keyledger/src/story/teller.ts';
import { World } from '#apps/keyledger/src/story/world.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { addressFor } from '#libs/event-store/postgresql/postgresql.harness.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { type PostgresServer, startPostgres } from '#test/kit/postgres.ts';
import { viewDatabase } from '#test/kit/view-engines.ts';
import { type Command, keyledger } from '../journeys/real-processes.ts';

export type Name = 'a' | 'b';
const NAMES = ['a', 'b'] as const;

export interface TwoPlatforms {
  readonly folders: Readonly<Record<Name, string>>;
  readonly deployment: Deployment;
  readonly log: LogReader;
  /** Superuser's address of the log. */
  readonly owner: string;
  /** Of the views, as their keeper. */
  readonly views: string;
  readonly world: (name: Name) => World;
  readonly urlOf: (name: Name) => string;
  readonly pidOf: (name: Name) => number | undefined;
  /** With further options of the verb. */
  readonly start: (name: Name, ...more: readonly string[]) => Promise<void>;
  readonly kill: (name: Name) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function twoPlatforms(folder: string): Promise<TwoPlatforms> {
  const server: PostgresServer = await startPostgres();
  const owner = await server.database('shared');
  await foundPostgresLog(owner, 'keyledger_writer');
  const views = await viewDatabase(server);
  const folders = { a: join(folder, 'a'), b: join(folder, 'b') };
  const deployment = foundDemo(folders.a);
  chooseEvents(deployment.places.platform.events, addressFor(owner));
  const log = await openLogReader(deployment.places.platform.events);
  const [running, urls, worlds] = [new Map<Name, Command>(), new Map<Name, string>(), new Map<Name, World>()];
  const start = async (name: Name, ...more: readonly string[]): Promise<void> => {
    const like = name === 'a' ? [] : ['--like', folders.a];
    const port = /:(\d+)$/.exec(urls.get(name) ?? '')?.[1] ?? '0';
    const environment = { PORT: port, KEYLEDGER_VIEWS: views, NODE_ENV: 'test' };
    const serving = Promise.withResolvers<string>();
    const command = keyledger({
      args: ['platform', '--data', folders[name], ...like, ...more, '--json'],
      environment,
      onLine: (line) => line.serving !== undefined && serving.resolve(line.serving),
    });
    running.set(name, command);
    void command.ended.then(({ stderr }) => serving.reject(new Error(`platform ${name} ended: ${stderr}`)));
    serving.promise.catch(() => undefined); // told to whoever waits
    urls.set(name, await serving.promise);
  };
  const urlOf = (name: Name): string => urls.get(name) ?? '';
  const world = (name: Name): World => {
    const known = worlds.get(name);
    if (known !== undefined) return known;
    const house = {
      deployment,
      platformUrl: urlOf(name),
      stationAddress: '',
      devices: { cards: '', lines: '' },
    } as never;
    const tale = { name: `tale ${name}`, file: join(folder, `tale-${name}.json`) };
    const made = new World({ house, tale, log, clock: systemClock, teller: new Teller(() => undefined) });
    worlds.set(name, made);
    return made;
  };
  const kill = async (name: Name): Promise<void> => {
    running.get(name)?.child.kill('SIGKILL');
    await running.get(name)?.ended;
    running.delete(name);
  };
  const close = async (): Promise<void> => {
    for (const one of worlds.values()) await one.close();
    for (const { child } of running.values()) child.kill('SIGTERM');
    await Promise.all([...running.values()].map(({ ended }) => ended));
    await log.close();
    await server.close();
  };
  await start('a');
  await start('b');
  const pidOf = (name: Name): number | undefined => running.get(name)?.child.pid;
  return { folders, deployment, log, owner, views, world, urlOf, pidOf, start, kill, close };
}

/** A unit is let in: asked at one platform, approved at both, carried out at the other; the reaction spends the order. */
export async function enrols(it: TwoPlatforms, number: number): Promise<void> {
  const [first = 'a', second = 'b'] = number % 2 === 0 ? NAMES : NAMES.toReversed();
  const [here, there] = [it.world(first), it.world(second)];
  const credential = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
  const unit = `U-${100 + number}`;
  const particular = { ...ANYWHERE, kind: 'enrol-unit', unit, credential: thumbprint(credential) } as const;
  const order = here.order(`enrol ${unit}`, 'clara', particular);
  await insisting(() => here.requests('clara', order));
  await insisting(() => there.approves('anna', order));
  await insisting(() => here.approves('bo', order));
  await insisting(() =>
    there.does(
      { by: 'clara', name: `enrol ${unit}`, operation: 'enrolUnit' },
      { order: 'ID!', credential: 'PublicKeyInput!' },
      { order: order.id, credential },
    ),
  );
}

/** Rows, as the superuser. */
export async function rowsOf<Row extends object>({ owner }: TwoPlatforms, text: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: owner });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Where people changed meanwhile, another was faster five times, or a platform is away, the same is sent again. */
export async function insisting<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const said = error instanceof StoryBroken ? error.code : String(error);
      if (!/PEOPLE_CHANGED|STREAM_BUSY|does not answer/.test(said)) throw error;
    }
  }
}
