/** `keyledger platform`: one platform alone, for a deployment of several behind one log; its devices, units and stations run elsewhere. */
import { join } from 'node:path';
import { Command } from 'commander';
import { startPlatform } from '#apps/platform/src/platform.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { PREDECESSOR_MS, lockFolder } from '#libs/local/folder-lock.ts';
import type { Environment } from '../config.ts';
import { standBeside, standingIn } from '../demo/another.ts';
import { platformConfig } from '../demo/configs.ts';
import { placesIn } from '../demo/places.ts';
import { servingAt } from '../demo/running.ts';
import { logLine, plainLine } from '../log.ts';
import { type Terminal, isWatched } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';

interface Options extends OnFolder {
  readonly like?: string;
}

const PORT = 4400;

export function platformCommand(stopped: () => Promise<void>): Command {
  return new Command('platform')
    .description('one platform of a deployment whose record lies on PostgreSQL; several may stand behind one log')
    .option('--like <folder>', 'data folder of the deployment to stand beside: its keys and lists are copied, once')
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
  const standing = standingIn(folder);
  const sockets = servingAt(placesIn(options.like ?? folder))?.sockets ?? '';
  const { host, nodeEnv, metrics, traces, views } = environment;
  const config = platformConfig(standing, { host, sockets, nodeEnv, metrics, traces, views }, environment.port ?? PORT);
  const lock = lockFolder(join(config.folder, 'process.lock'), PREDECESSOR_MS);
  process.once('uncaughtException', (error: unknown) => {
    terminal.warn(`platform stopped by a defect: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1); // whoever keeps it running starts it again
  });
  const running = await startPlatform(config, { say: (sentence) => terminal.warn(said(sentence, environment)) });
  terminal.line(`Serving at ${running.address}. Data in ${folder}. End with Ctrl-C.`);
  terminal.data({ serving: running.address, folder });
  await stop;
  await running.close();
  lock.release();
  return 0;
}

function said(sentence: string, { log }: Environment): string {
  const line = logLine({ part: 'platform', sentence }, systemClock);
  return (log === null ? !isWatched() : log === 'json') ? JSON.stringify(line) : plainLine(line);
}
