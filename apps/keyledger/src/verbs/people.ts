/** The verbs of people who talk to a platform from scripts: `login` and `sign`. */
import { Command, Option } from 'commander';
import { OPERATOR_ROLES } from '#libs/kernel/operator-roles.ts';
import { DEFAULT_PORT } from '../demo/run.ts';
import { type OnFolder, folderOf, positive, runs } from '../verb.ts';
import { login } from './login.ts';
import { MEANINGS, sign } from './sign.ts';

interface Login extends OnFolder {
  readonly as: string;
  readonly operator?: string;
  readonly key?: string;
  readonly genesis?: string;
  readonly url?: string;
  readonly minutes: number;
}

interface Sign extends OnFolder {
  readonly type: string;
  readonly key?: string;
  readonly person?: string;
}

const IN_DEMO = 'data folder of a demo; else KEYLEDGER_DATA, else ./data';

export function loginVerb(): Command {
  return new Command('login')
    .requiredOption('--as <role>', `the one role of the session: ${OPERATOR_ROLES.join(', ')}`)
    .description('sign in and print the bearer token, and nothing else, to the output; for scripts')
    .option('--operator <id>', 'who signs in; else the demo person who has the role')
    .option('--key <file>', 'sign-in credential, private key as PEM; else that of the demo person')
    .option('--genesis <hash>', 'deployment that is meant; else that of the demo')
    .addOption(urlOption())
    .option('--data <folder>', IN_DEMO)
    .option('--minutes <n>', 'how long the session lasts, at most 60', positive, 30)
    .option('--json', 'one JSON object')
    .action(
      runs((options: Login, { environment, terminal }) => {
        const url = options.url ?? `http://127.0.0.1:${environment.port ?? DEFAULT_PORT}`;
        return login({ ...options, folder: folderOf(options, environment), url }, terminal);
      }),
    );
}

export function urlOption(): Option {
  return new Option('--url <url>', `address of the platform; else port PORT, else ${DEFAULT_PORT}, of this machine`);
}

export function signVerb(): Command {
  return new Command('sign')
    .argument('<file>', "an order's canonical bytes, as the platform drafted or holds them")
    .description('show what an order says, sign exactly its bytes, and print the proof for GraphQL')
    .requiredOption('--type <meaning>', `what the signature means: ${Object.keys(MEANINGS).join(', ')}`)
    .option('--key <file>', 'your key that approves, private, as PEM')
    .option('--person <id>', 'in a demo: whose key that approves')
    .option('--data <folder>', IN_DEMO)
    .option('--json', 'one JSON object')
    .action((file: string, options: Sign) =>
      runs((given: Sign, { environment, terminal }) =>
        sign({ ...given, meaning: given.type, file, folder: folderOf(given, environment) }, terminal),
      )(options),
    );
}
