/** `keyledger display`: looks at a device of this machine, and prints what the device itself shows. It asks no platform. */
import { Argument, Command } from 'commander';
import { type Shown, displayAddress, lookAt } from '#libs/local/display.ts';
import { askDisplay } from '#module-emulator/security-module/control.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Complaint } from '../config.ts';
import { controlAddress } from '../demo/addresses.ts';
import { placesIn } from '../demo/places.ts';
import { servingAt } from '../demo/running.ts';
import type { Terminal } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';

export const DISPLAYS = ['card', 'station', 'unit', 'module'] as const;

export interface Looked {
  /** Data folder beside which the devices run. */
  readonly folder: string;
  readonly kind: (typeof DISPLAYS)[number];
  readonly name: string;
}

/** Null where no such device stands here. Throws where nothing serves the folder. */
export async function looked({ folder, kind, name }: Looked): Promise<readonly Shown[] | null> {
  const serving = servingAt(placesIn(folder));
  if (serving === null) throw new Complaint('NOT_RUNNING', `Nothing serves ${folder}; run npm start beside this.`);
  if (kind !== 'module') return lookAt(displayAddress(serving.sockets, name));
  const answer = await askDisplay(controlAddress(serving.sockets, name)).catch(() => null);
  return answer === null || isRefusal(answer) ? null : answer;
}

/** 0: shown. 1: there is no such device, or it has no key yet. */
export async function display(it: Looked, terminal: Terminal): Promise<0 | 1> {
  const shown = await looked(it);
  for (const { key, words } of shown ?? []) terminal.line(`${key}: ${words}`);
  if (shown === null) terminal.warn(`NO_DEVICE: No ${it.kind} ${it.name} answers at this machine.`);
  if (shown?.length === 0) terminal.warn(`NO_KEY: ${it.name} has no key to show.`);
  terminal.data({ kind: it.kind, name: it.name, shown });
  return shown === null || shown.length === 0 ? 1 : 0;
}

export function displayCommand(): Command {
  return new Command('display')
    .description(
      "look at a device's own display: the eight words of its keys, asked of the device and not of the platform",
    )
    .addArgument(new Argument('<kind>', 'what it is').choices(DISPLAYS))
    .argument('<name>', 'its number, name or serial, for example C-0042')
    .option('--data <folder>', 'data folder beside which it runs; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object')
    .action((kind: Looked['kind'], name: string, options: OnFolder) =>
      runs((given: OnFolder, { environment, terminal }) =>
        display({ kind, name, folder: folderOf(given, environment) }, terminal),
      )(options),
    );
}
