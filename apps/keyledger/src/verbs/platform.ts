/** `keyledger platform`: one platform alone, for a deployment of several behind one log; its devices, units and stations run elsewhere. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { startPlatform } from '#apps/platform/src/platform.ts';
import { whileHolding } from '#libs/event-store/holding.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { PREDECESSOR_MS, lockFolder } from '#libs/local/folder-lock.ts';
import { postgresViews } from '#libs/views/postgresql/shared.ts';
import { prepareViews } from '#libs/views/postgresql/view-schema.ts';
import { Complaint, type Environment } from '../config.ts';
import { standBeside, standingIn } from '../demo/another.ts';
import { platformConfig } from '../demo/configs.ts';
import { placesIn } from '../demo/places.ts';
import { servingAt } from '../demo/running.ts';
import { logLine, plainLine } from '../log.ts';
import { type Terminal, isWatched } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';

interface Options extends OnFolder {
  readonly like?: string;
  readonly standby?: boolean;
}

const PORT = 4400;

export function platformCommand(stopped: () => Promise<void>): Command {
  return new Command('platform')
    .description(
      'one platform alone, of a deployment whose record lies on a server; several may serve one PostgreSQL log',
    )
    .option('--like <folder>', 'data folder of the deployment to stand beside: its keys and lists are copied, once')
    .option(
      '--standby',
      'serve only while no other one does, by a lease that lies in KEYLEDGER_VIEWS; for logs without leases',
    )
    .option('--data <folder>', 'data folder of its own; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object a line')
    .action(runs((options: Options, at) => platform(options, at, stopped())));
}

async function platform(
  options: Options,
  { environment, terminal }: { readonly environment: Environment; readonly terminal: Terminal },
  stop: Promise<void>,
): Promise<0> {
  const folder = folderOf(options, environment);
  if (options.like !== undefined) standBeside(folder, options.like);
  const standing = standingIn(folder, options.standby === true);
  const sockets = servingAt(placesIn(options.like ?? folder))?.sockets ?? '';
  const { host, nodeEnv, metrics, traces, views } = environment;
  const config = platformConfig(standing, { host, sockets, nodeEnv, metrics, traces, views }, environment.port ?? PORT);
  const lock = lockFolder(join(config.folder, 'process.lock'), PREDECESSOR_MS);
  process.once('uncaughtException', (error: unknown) => {
    terminal.warn(`platform stopped by a defect: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1); // whoever keeps it running starts it again
  });
  const serve = async (until: Promise<void>): Promise<void> => {
    const running = await startPlatform(config, { say: (sentence) => terminal.warn(said(sentence, environment)) });
    terminal.line(`Serving at ${running.address}. Data in ${folder}. End with Ctrl-C.`);
    terminal.data({ serving: running.address, folder });
    await until;
    await running.close();
  };
  if (options.standby === true) await whileAlone({ views, name: config.founding?.logKey ?? '', terminal, stop }, serve);
  else await serve(stop);
  lock.release();
  return 0;
}

interface Alone {
  readonly views: string | null;
  /** Of the deployment. */
  readonly name: string;
  readonly terminal: Terminal;
  readonly stop: Promise<void>;
}

/** Serves while no other platform of the deployment does: by a lease that lies with the views. Whoever loses it ends at once. */
async function whileAlone({ views, name, terminal, stop }: Alone, serve: (until: Promise<void>) => Promise<void>) {
  if (views === null)
    throw new Complaint(
      'STANDBY_NEEDS_VIEWS',
      'It stands by through the database of the views: name it in KEYLEDGER_VIEWS.',
    );
  await prepareViews(views);
  const { leases } = postgresViews(views, `${hostname()}:${process.pid}`);
  const stopping = new AbortController();
  void stop.then(() => stopping.abort());
  terminal.warn('Standing by.');
  await whileHolding({
    leases,
    lease: `platform ${name}`,
    signal: stopping.signal,
    run: async (_held, signal) => {
      const over = Promise.withResolvers<void>();
      const end = (): void => {
        if (!stopping.signal.aborted) process.exit(1); // another serves by now
        over.resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      await serve(over.promise).finally(() => signal.removeEventListener('abort', end));
    },
  });
  await leases.close();
}

function said(sentence: string, { log }: Environment): string {
  const line = logLine({ part: 'platform', sentence }, systemClock);
  return (log === null ? !isWatched() : log === 'json') ? JSON.stringify(line) : plainLine(line);
}
