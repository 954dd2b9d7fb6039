/**
 * `keyledger witness`: a witness of somebody else's log, under a roof of its own (c2sp.org/tlog-witness). It needs no
 * platform and no record: its key, a log key told by another way, and a memory of how long that log was.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startWitness } from '#apps/station/src/witness-desk.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { witnessName } from '#libs/kernel/witness-policy.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { type NoteKey, cosignatureKey, parseNoteKey } from '#libs/seal/note-key.ts';
import { Complaint } from '../config.ts';
import { keyAt } from '../demo/found.ts';
import type { Terminal } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';

const KEY_FILE = 'witness.pem';
/** The verifier key: what others pin, and by what name. */
const LINE_FILE = 'witness.key';

interface Init extends OnFolder {
  readonly name: string;
}

interface Serve extends OnFolder {
  readonly logKey: readonly NoteKey[];
  readonly listen: string;
}

export function witnessCommand(stopped: () => Promise<void>): Command {
  const verb = new Command('witness').description(
    'a witness of a log, for whoever is not its owner: remembers its size and root and cosigns only what grew out of them',
  );
  verb
    .command('init')
    .description('make its key, once, and print the verifier key that an order to let it in names')
    .requiredOption(
      '--name <name>',
      'name in its key, fixed for ever, for example witness.example.org/keyledger',
      nameOf,
    )
    .option('--data <folder>', 'folder of its own; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object a line')
    .action(
      runs((options: Init, { environment, terminal }) => init(folderOf(options, environment), options.name, terminal)),
    );
  verb
    .command('serve')
    .description('answer /add-checkpoint until Ctrl-C')
    .requiredOption(
      '--log-key <key>',
      'verifier key of the log, told by another way than by its owner’s server; after a roll-over both, once each',
      (text: string, before: readonly NoteKey[] = []) => [...before, logKeyOf(text)],
    )
    .option('--listen <address>', 'host:port, or the path of a local socket', '127.0.0.1:4410')
    .option('--data <folder>', 'folder of its own; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object a line')
    .action(
      runs((options: Serve, { environment, terminal }) =>
        serve(folderOf(options, environment), options, { terminal, stop: stopped() }),
      ),
    );
  return verb;
}

/** Another name than the one that it has is refused: others pin it. */
async function init(folder: string, name: string, terminal: Terminal): Promise<0> {
  const known = readWhole(join(folder, LINE_FILE));
  const kept = known === null ? null : Buffer.from(known).toString('utf8').trim();
  if (kept !== null && witnessName(kept) !== name)
    throw new Complaint(
      'WITNESS_NAMED',
      `This folder has the witness ${witnessName(kept)}; take another folder for ${name}.`,
    );
  const { line } = cosignatureKey(name, keyAt(join(folder, KEY_FILE), 'Ed25519'));
  replaceWhole(join(folder, LINE_FILE), utf8(`${line}\n`));
  terminal.line(line);
  terminal.data({ witness: line });
  return Promise.resolve(0);
}

async function serve(
  folder: string,
  { logKey, listen }: Serve,
  { terminal, stop }: { readonly terminal: Terminal; readonly stop: Promise<void> },
): Promise<0> {
  const known = readWhole(join(folder, LINE_FILE));
  if (known === null)
    throw new Complaint(
      'WITNESS_KEYLESS',
      `There is no witness in ${folder}; make its key with keyledger witness init.`,
    );
  const line = Buffer.from(known).toString('utf8').trim();
  const [name, keyFile] = [witnessName(line), join(folder, KEY_FILE)];
  if (cosignatureKey(name, createPrivateKey(readFileSync(keyFile))).line !== line)
    throw new Complaint(
      'WITNESS_KEY_OTHER',
      `${KEY_FILE} is not the key that ${LINE_FILE} names; restore both from one copy.`,
    );
  const witness = await startWitness({
    config: { name, keyFile, address: listen },
    folder,
    keysOf: (origin) => {
      const keys = logKey.filter((one) => one.name === origin);
      return keys.length === 0 ? null : keys;
    },
    clock: systemClock,
    say: (sentence) => terminal.warn(sentence),
  });
  const at = listen.startsWith('/') ? listen : `http://${listen}`;
  terminal.line(`${name} witnesses ${logKey[0]?.name ?? ''} at ${at}. End with Ctrl-C.`);
  terminal.data({ serving: at, witness: line });
  await stop;
  await witness.close();
  return 0;
}

function nameOf(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9.:/-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('It is up to 64 letters, digits and . : / - without spaces.');
}

function logKeyOf(text: string): NoteKey {
  const key = parseNoteKey(text.trim());
  if (isRefusal(key) || key.says !== 'note') throw new InvalidArgumentError('It is no verifier key of a log.');
  return key;
}
