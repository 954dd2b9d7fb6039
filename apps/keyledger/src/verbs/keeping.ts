/** The verbs that keep a record beyond its engine, its machine and its keys: export, import, backup, restore, log-key. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { type OnFolder, folderOf, runs } from '../verb.ts';
import { backup, restore } from './backup.ts';
import { exportTo, importFrom } from './export.ts';
import { finishKey, introduceKey } from './log-key.ts';

const DATA = ['--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data'] as const;
const JSON_LINE = ['--json', 'one JSON object a line'] as const;

type OnPlace = (
  it: { folder: string; place: string },
  at: Parameters<Parameters<typeof runs>[0]>[1],
) => Promise<number>;

/** A verb over a data folder and one more place. */
interface Placed {
  readonly name: string;
  readonly argument: readonly [string, string];
  readonly description: string;
}

function placed({ name, argument, description }: Placed, run: OnPlace): Command {
  return new Command(name)
    .argument(`<${argument[0]}>`, argument[1])
    .description(description)
    .option(...DATA)
    .option(...JSON_LINE)
    .action((place: string, options: OnFolder) =>
      runs((given: OnFolder, at) => run({ folder: folderOf(given, at.environment), place: resolve(place) }, at))(
        options,
      ),
    );
}

function logKeyVerb(): Command {
  const verb = new Command('log-key').description(
    "roll over the key that signs the log's checkpoints (docs/log-key.md)",
  );
  const steps = [
    ['introduce', 'make the next key; from its next start on the platform signs with both', introduceKey],
    ['finish', 'give the next key the place of the old one, of a stopped platform', finishKey],
  ] as const;
  for (const [name, description, run] of steps)
    verb
      .command(name)
      .description(description)
      .option(...DATA)
      .option(...JSON_LINE)
      .action(runs((options: OnFolder, at) => run({ folder: folderOf(options, at.environment) }, at.terminal)));
  return verb;
}

export function keepingVerbs(): readonly Command[] {
  return [
    logKeyVerb(),
    placed(
      {
        name: 'export',
        argument: ['file', 'to write; an export that was cut off goes on where it stopped'],
        description:
          'write the whole log as lines of text up to its newest checkpoint, beside a running platform or without one',
      },
      ({ folder, place }, { terminal }) => exportTo({ folder, file: place }, terminal),
    ),
    placed(
      {
        name: 'import',
        argument: ['file', 'that keyledger export wrote'],
        description: 'take an exported log into an empty data folder with the same root, and verify it',
      },
      ({ folder, place }, { terminal }) => importFrom({ folder, file: place }, terminal),
    ),
    placed(
      {
        name: 'backup',
        argument: ['folder', 'to make: it holds the keys of the platform, keep it as safe as those'],
        description: 'copy record, checkpoints and keys of the platform, beside a running platform or without one',
      },
      ({ folder, place }, { terminal }) => backup({ folder, to: place }, terminal),
    ),
    placed(
      {
        name: 'restore',
        argument: ['folder', 'that keyledger backup made'],
        description: 'verify a backup and put it in the place of a stopped platform, which is moved aside',
      },
      ({ folder, place }, { terminal }) => restore({ folder, to: place }, terminal),
    ),
  ];
}
