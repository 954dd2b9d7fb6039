/** `keyledger operator`: what people are called, kept beside the record, and thrown away when it has to go. */
import { Command } from 'commander';
import { systemClock } from '#libs/kernel/clock.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { type Account, issuerText } from '#libs/kernel/provider-sign-in.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { name } from '#libs/kernel/template.ts';
import { SideStore } from '#apps/platform/src/provider/side-store.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { DEFAULT_PORT } from '../demo/run.ts';
import { forget, nameSomebody, namesIn } from '../officer/names.ts';
import { Complaint } from '../config.ts';
import { placesIn } from '../demo/places.ts';
import type { Terminal } from '../terminal.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';
import { type Credentialed, credentialFor } from './login.ts';
import { urlOption } from './people.ts';

export interface EraseOptions extends Credentialed {
  /** Whose name goes. */
  readonly person: string;
  readonly url: string;
}

/** Links and ID tokens of who signs in by a provider. */
function besideOf(data: string): SideStore {
  return new SideStore(placesIn(data).platform.folder);
}

/** Writes an account down beside the record, and says by which link an order can let him in with it. 0, or 1: refused. */
export function linkAccount(
  { folder, operator, issuer, subject }: { folder: string; operator: string } & Account,
  terminal: Terminal,
): 0 | 1 {
  const beside = besideOf(folder);
  const read = isRefusal(name(operator, 'the pseudonym')) || isRefusal(issuerText(issuer, 'the issuer'));
  if (read) throw new Complaint('BAD_LINK', 'A link needs a pseudonym, and an issuer as its provider spells it.');
  const [held] = beside.linksTo({ issuer, subject });
  if (held !== undefined) {
    terminal.warn(`LINK_TWICE: This account is linked to ${held.operator} already, by link ${held.link}.`);
    terminal.data({ linked: false, code: 'LINK_TWICE', operator: held.operator, link: held.link });
    return 1;
  }
  const link = beside.link(operator, { issuer, subject });
  terminal.line(`Link ${link}: it opens nothing before an order "link-operator" with it is approved.`);
  terminal.data({ linked: true, operator, issuer, link });
  return 0;
}

/** The name goes first, so that it is gone whatever follows; then the record says that it went. 0: both. 1: refused. */
export async function erase(it: EraseOptions, terminal: Terminal): Promise<0 | 1> {
  const { operator, key, genesis } = credentialFor(it, 'administrator');
  const [called, account] = [forget(it.folder, it.person), besideOf(it.folder).forget(it.person)];
  const had = called || account;
  const roles = ['administrator'] as const;
  const session = await signIn({ url: it.url, operator, roles, key, genesis, clock: systemClock, life: 300 });
  const outcome = isRefusal(session) ? session : await recorded(it, session.token);
  if (isRefusal(outcome)) {
    terminal.warn(`${outcome.code}: ${outcome.message}`);
    terminal.data({ erased: had, recorded: false, code: outcome.code, message: outcome.message });
    return 1;
  }
  terminal.line(
    had
      ? `What was kept of ${it.person} beside the record is gone; every proof in it stands as it stood.`
      : `Nothing was kept of ${it.person} beside the record; every proof in it stands as it stood.`,
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
    .command('link')
    .argument('<pseudonym>', 'who is to sign in by the provider')
    .description('write an account at the provider down, beside the record, and print the link for the order')
    .requiredOption('--issuer <url>', 'the provider, as platform/provider.json spells it')
    .requiredOption('--subject <text>', 'the account: what the provider calls "sub"')
    .option(...FOLDER)
    .option('--json', 'one JSON object')
    .action((operator: string, options: OnFolder & Account) =>
      runs((given: OnFolder & Account, { environment, terminal }) =>
        Promise.resolve(linkAccount({ ...given, operator, folder: folderOf(given, environment) }, terminal)),
      )(options),
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
