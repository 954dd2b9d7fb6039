/** `keyledger fleet <verb>`: many machines at once, on a deployment that runs. */
import { Command } from 'commander';
import { type OnFolder, folderOf, positive, runs } from '../verb.ts';
import { fleetImport } from './fleet-import.ts';
import { fleetPersonalize } from './fleet-personalize.ts';
import { type FleetOptions, fleetPlace } from './fleet-place.ts';
import { fleetStatus } from './fleet-status.ts';

interface OnPlatform extends OnFolder {
  readonly url?: string;
}

interface Personalize extends OnPlatform {
  readonly count?: number;
}

function at(options: OnPlatform, environment: Parameters<typeof folderOf>[1]): FleetOptions {
  const folder = folderOf(options, environment);
  return options.url === undefined ? { folder } : { folder, url: options.url };
}

export function fleetCommand(): Command {
  const fleet = new Command('fleet').description('import, place and personalize many machines, beside a running start');
  const verb = (name: string, description: string) =>
    fleet
      .command(name)
      .description(description)
      .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
      .option('--json', 'one JSON object a line');
  const url = ['--url <url>', 'address of the platform; else as the running deployment says'] as const;
  verb('import', 'take in a CSV of machines; a broken row is named by line and field, and stops nothing else')
    .argument('<file>', 'columns serial, id, region, operator, name, street, city, hours, lat, lon')
    .action((file: string, options: OnFolder) =>
      runs((given: OnFolder, { environment, terminal }) =>
        fleetImport({ folder: folderOf(given, environment), file }, terminal),
      )(options),
    );
  verb('place', 'have a security module made for every imported machine, record it, receive it, and place it')
    .option(...url)
    .action(runs((options: OnPlatform, { environment, terminal }) => fleetPlace(at(options, environment), terminal)));
  verb('personalize', 'order, approve once for many, and wait until each operates or is named with its code')
    .option('--count <n>', 'so many machines, in the order of their serials; else all', positive)
    .option(...url)
    .action(
      runs((options: Personalize, { environment, terminal }) => {
        const count = options.count === undefined ? {} : { count: options.count };
        return fleetPersonalize({ ...at(options, environment), ...count }, terminal);
      }),
    );
  verb('status', 'a line for each machine: serial, place, state, certificate').action(
    runs((options: OnFolder, { environment, terminal }) =>
      fleetStatus({ folder: folderOf(options, environment) }, terminal),
    ),
  );
  return fleet;
}
