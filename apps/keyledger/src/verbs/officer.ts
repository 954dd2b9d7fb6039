/** The verbs of an officer on his own machine: `officer init`, `approve`, `view`, and `words` for comparing. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { thumbprint } from '#libs/kernel/hash.ts';
import { DEFAULT_PORT } from '../demo/run.ts';
import { type Asks, asking } from '../officer/asking.ts';
import { makeKeys, wordsOf } from '../officer/keys.ts';
import type { Terminal } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';
import { approve } from './approve.ts';
import { urlOption } from './people.ts';
import { beginView, learn, showView } from './view.ts';

interface OnMachine extends OnFolder {
  readonly dir: string;
  readonly url?: string;
}

const DIR = 'your folder: keys and view, on your own machine';

/** With whoever sits at the keyboard. */
function asked<Options extends OnMachine>(
  verb: (options: Options & { folder: string; url: string }, asks: Asks, terminal: Terminal) => Promise<number>,
): (options: Options) => Promise<void> {
  return runs(async (options: Options, { environment, terminal }) => {
    const { asks, done } = asking(terminal);
    const url = options.url ?? `http://127.0.0.1:${environment.port ?? DEFAULT_PORT}`;
    try {
      return await verb({ ...options, folder: resolve(options.dir), url }, asks, terminal);
    } finally {
      done();
    }
  });
}

/** 0: the keys are made, and their public halves are shown. */
export async function initOfficer(
  it: { readonly officer: string; readonly folder: string; readonly data: string },
  asks: Asks,
  terminal: Terminal,
): Promise<0> {
  const passphrase = await asks('A passphrase of at least twelve characters, for both keys:');
  const { approval, signIn } = makeKeys({ ...it, passphrase });
  const shown = { approval: thumbprint(approval), signIn: thumbprint(signIn) };
  terminal.line(`Approves as class A: ${shown.approval}`);
  terminal.line(`  ${wordsOf(shown.approval)}`);
  terminal.line(`Signs in, and approves nothing: ${shown.signIn}`);
  terminal.line(`  ${wordsOf(shown.signIn)}`);
  terminal.line(`Hand in ${it.folder}/officer.json, and read the words to whoever writes the next approver set.`);
  terminal.data({ officer: it.officer, approval: { ...approval, class: 'A' }, signIn });
  return 0;
}

export function officerVerb(): Command {
  const verb = new Command('officer').description('an officer’s own keys, on his own machine');
  verb
    .command('init')
    .description(
      'make a key that approves and one that signs in, encrypted with a passphrase; print their public halves',
    )
    .requiredOption('--out <folder>', 'where the keys go; never below the data folder')
    .requiredOption('--officer <id>', 'your pseudonym in the approver set, for example P-ANNA')
    .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object')
    .action(
      runs(async (options: OnFolder & { out: string; officer: string }, { environment, terminal }) => {
        const { asks, done } = asking(terminal);
        const it = { officer: options.officer, folder: resolve(options.out), data: folderOf(options, environment) };
        return initOfficer(it, asks, terminal).finally(done);
      }),
    );
  return verb;
}

export function approveVerb(): Command {
  return new Command('approve')
    .argument('[file]', "an order's canonical bytes; else --order")
    .description(
      'show an order as your own machine reads it, sign exactly its bytes with your passphrase, and send that',
    )
    .requiredOption('--dir <folder>', DIR)
    .option('--order <id>', 'the order, asked from the platform and held against its own hash')
    .option('--document <file>', 'the approver set, or the manufacturer root, that the order names')
    .option('--decline', 'decline instead')
    .addOption(urlOption())
    .option('--json', 'one JSON object')
    .action((file: string | undefined, options: OnMachine & { order?: string; document?: string; decline?: boolean }) =>
      asked<typeof options>((given, asks, terminal) => approve({ ...given, file }, asks, terminal))(options),
    );
}

export function viewVerb(): Command {
  const verb = new Command('view').description('what your machine holds for true, whatever the platform says');
  verb
    .command('begin')
    .description('begin it from the genesis hash, which you were told by other means than the platform')
    .requiredOption('--dir <folder>', DIR)
    .requiredOption('--genesis <hash>', 'the deployment that is meant')
    .addOption(urlOption())
    .option('--json', 'one JSON object')
    .action((options: OnMachine & { genesis: string }) => asked<typeof options>(beginView)(options));
  verb
    .command('learn')
    .description('take in a card or a station, once the eight words on its display are those of its key')
    .requiredOption('--dir <folder>', DIR)
    .option('--card <name>', 'a chip card')
    .option('--station <name>', 'a station')
    .option('--devices <folder>', 'data folder beside which the device runs: look at its display instead of typing')
    .addOption(urlOption())
    .option('--json', 'one JSON object')
    .action((options: OnMachine & { card?: string; station?: string; devices?: string }) =>
      asked<typeof options>(learn)(options),
    );
  verb
    .command('show')
    .description('show it, with the eight words of each key')
    .requiredOption('--dir <folder>', DIR)
    .option('--json', 'one JSON object')
    .action(runs((options: OnMachine, { terminal }) => showView(resolve(options.dir), terminal)));
  return verb;
}
