/** `keyledger operator`: what people are called, kept beside the record, and thrown away when it has to go. */
import { Command } from 'commander';
import { systemClock } from '#libs/kernel/clock.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { DEFAULT_PORT } from '../demo/run.ts';
import { forget, nameSomebody, namesIn } from '../officer/names.ts';
import type { Terminal } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';
import { type Credentialed, credentialFor } from './login.ts';
import { urlOption } from './people.ts';

export interface EraseOptions extends Credentialed {
  /** Whose name goes. */
  readonly person: string;
  readonly url: string;
}

/** The name goes first, so that it is gone whatever follows; then the record says that it went. 0: both. 1: refused. */
export async function erase(it: EraseOptions, terminal: Terminal): Promise<0 | 1> {
  const { operator, key, genesis } = credentialFor(it, 'administrator');
  const had = forget(it.folder, it.person);
  const roles = ['administrator'] as const;
  const session = await signIn({ url: it.url, operator, roles, key, genesis, clock: systemClock, life: 300 });
  const outcome = isRefusal(session) ? session : await recorded(it, session.token);
  if (isRefusal(outcome)) {
    terminal.warn(`${outcome.code}: ${outcome.message}`);
    terminal.data({ erased: had, recorded: false, code: outcome.code, message: outcome.message });
    return 1;
  }
  terminal.line(
    `${had ? 'The name of' : 'No name was kept of'} ${it.person}${had ? ' is gone' : ''}; every proof stands as it stood.`,
  );
  terminal.data({ erased: had, recorded: true, person: it.person });
  return 0;
}

async function recorded({ url, person }: EraseOptions, token: string) {
  const client = new PlatformClient({ url, token: () => token });
  const types = { id: 'ID!', operator: 'String!' };
  return client.submit('eraseOperator', types, { id: uuidv7(), operator: person }).finally(() => client.close());
}

interface Erasing extends OnFolder {
  readonly operator?: string;
  readonly key?: string;
  readonly genesis?: string;
  readonly url?: string;
}

const FOLDER = ['--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data'] as const;

export function operatorVerb(): Command {
  const verb = new Command('operator').description('what people are called: kept beside the record, never in it');
  verb
    .command('name')
    .argument('<pseudonym>', 'for example P-ANNA')
    .argument('<name>', 'what people call him')
    .description('keep or correct a name')
    .option(...FOLDER)
    .action((pseudonym: string, called: string, options: OnFolder) =>
      runs((given: OnFolder, { environment }) => {
        nameSomebody(folderOf(given, environment), pseudonym, called);
        return Promise.resolve(0);
      })(options),
    );
  verb
    .command('names')
    .description('show them')
    .option(...FOLDER)
    .option('--json', 'one JSON object')
    .action(
      runs((options: OnFolder, { environment, terminal }) => {
        const names = namesIn(folderOf(options, environment));
        for (const [pseudonym, called] of Object.entries(names)) terminal.line(`${pseudonym}  ${called}`);
        terminal.data(names);
        return Promise.resolve(0);
      }),
    );
  verb
    .command('erase')
    .argument('<pseudonym>', 'whose name goes')
    .description('throw a name away and record that it went; an administrator signs in for it')
    .option('--operator <id>', 'the administrator; else the one of the demo')
    .option('--key <file>', 'his sign-in credential as PEM; else that of the demo person')
    .option('--genesis <hash>', 'deployment that is meant; else that of the demo')
    .addOption(urlOption())
    .option(...FOLDER)
    .option('--json', 'one JSON object')
    .action((person: string, options: Erasing) =>
      runs((given: Erasing, { environment, terminal }) => {
        const url = given.url ?? `http://127.0.0.1:${environment.port ?? DEFAULT_PORT}`;
        return erase({ ...given, person, folder: folderOf(given, environment), url }, terminal);
      })(options),
    );
  return verb;
}
