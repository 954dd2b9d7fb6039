/** The verbs that keep a record beyond its engine, its machine and its keys: export, import, backup, restore, log-key. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { refuse } from '#libs/kernel/refusal.ts';
import { SIEM_FORMATS, type SiemFormat } from '#libs/siem/formats.ts';
import { standardOutput } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';
import { backup, restore } from './backup.ts';
import { couldNotRun } from './event-file.ts';
import { exportFrom } from './export-remote.ts';
import { exportToSiem } from './export-siem.ts';
import { exportTo, importFrom } from './export.ts';
import { finishKey, introduceKey } from './log-key.ts';
import { credentialFor } from './login.ts';

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

interface Exporting extends OnFolder {
  readonly format?: SiemFormat;
  readonly follow?: boolean;
  readonly place?: string;
  readonly url?: string;
  readonly operator?: string;
  readonly key?: string;
  readonly genesis?: string;
}

const WHOLE = refuse('FILE_MISSING', 'Name the file to write; or a --format, for lines on standard output.');
const EITHER = refuse(
  'FILE_AND_FORMAT',
  'A file is the whole log in its own form; with --format lines go to standard output.',
);

/** The whole log for another engine, or its events for a SIEM. */
function exportVerb(): Command {
  return new Command('export')
    .argument('[file]', 'to write the whole log to; an export that was cut off goes on where it stopped')
    .description(
      'write the whole log as lines of text up to its newest checkpoint, beside a running platform or without one; with --format its events for a SIEM, on standard output',
    )
    .addOption(new Option('--format <form>', 'for a SIEM (docs/operations/README.md)').choices([...SIEM_FORMATS]))
    .option('--follow', 'go on with the events that come, until Ctrl-C')
    .option('--place <file>', 'remember there how far it got, and go on from there')
    .option('--url <url>', 'with --format: ask the platform there, as an auditor, and read no file of this machine')
    .option('--operator <id>', 'with --url: who signs in; else the demo person who is auditor')
    .option('--key <file>', 'with --url: his sign-in credential as PEM; else that of the demo person')
    .option('--genesis <hash>', 'with --url: deployment that is meant; else that of the demo')
    .option(...DATA)
    .option(...JSON_LINE)
    .action((file: string | undefined, options: Exporting) =>
      runs(async (given: Exporting, { environment, terminal }) => {
        const folder = folderOf(given, environment);
        const { format, follow = false, place } = given;
        if (format === undefined)
          return file === undefined
            ? couldNotRun(terminal, WHOLE)
            : exportTo({ folder, file: resolve(file) }, terminal);
        if (file !== undefined) return couldNotRun(terminal, EITHER);
        const stop = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
        const to = { sink: standardOutput(), place: place === undefined ? null : resolve(place) };
        const how = { format, follow, ...to, signal: stop.signal };
        if (given.url === undefined) return exportToSiem({ folder, ...how }, terminal);
        const credential = credentialFor({ ...given, folder }, 'auditor');
        return exportFrom({ ...how, ...credential, url: given.url.replace(/\/$/, '') }, terminal);
      })(options),
    );
}

export function keepingVerbs(): readonly Command[] {
  return [
    logKeyVerb(),
    exportVerb(),
    placed(
      {
        name: 'import',
        argument: ['file', 'that keyledger export wrote'],
        description:
          'take an exported log into an empty data folder, or into the engine that KEYLEDGER_EVENTS names, with the same root, and verify it',
      },
      ({ folder, place }, { environment: { events }, terminal }) =>
        importFrom({ folder, file: place, events }, terminal),
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
