/** The command line: `keyledger <verb>`. Exit codes: 0 held, 1 did not hold, 2 could not run, 3 held unwitnessed (verify). */
import 'reflect-metadata';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Environment } from './config.ts';
import { unitOf } from './verbs/unit-option.ts';
import type { UnitChoice } from './demo/crypto-unit.ts';
import { demo, start } from './demo/run.ts';
import type { Terminal } from './terminal.ts';
import { COULD_NOT_RUN, type Common, type OnFolder, folderOf, positive, runs } from './verb.ts';
import { ATTACK_COUNT, attack } from './verbs/attack.ts';
import { cardCommand } from './verbs/card.ts';
import { custodiansCommand } from './verbs/custodians.ts';
import { displayCommand } from './verbs/display.ts';
import { fleetCommand } from './verbs/fleet.ts';
import { foundLogCommand } from './verbs/found-log.ts';
import { foundViewsCommand } from './verbs/found-views.ts';
import { platformCommand } from './verbs/platform.ts';
import { reconcile } from './verbs/reconcile.ts';
import { reconstruct } from './verbs/reconstruct.ts';
import { approveVerb, officerVerb, viewVerb } from './verbs/officer.ts';
import { keepingVerbs } from './verbs/keeping.ts';
import { operatorVerb } from './verbs/operator.ts';
import { linksVerb } from './verbs/links.ts';
import { loginVerb, signVerb } from './verbs/people.ts';
import { rebuild } from './verbs/rebuild.ts';
import { verify } from './verbs/verify.ts';
import { witnessCommand } from './verbs/witness.ts';

interface House extends Common {
  readonly baud: number;
  readonly unit?: UnitChoice;
  readonly story?: boolean;
}

/** Answers at the first Ctrl-C or TERM. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function baudOption(): Option {
  return new Option('--baud <bits>', 'speed of the emulated V.24 lines, bits per second; 0 is as fast as it goes')
    .default(115_200)
    .argParser((text) => {
      const bits = Number(text);
      if (Number.isInteger(bits) && (bits === 0 || (bits >= 300 && bits <= 4_000_000))) return bits;
      throw new InvalidArgumentError('It is 0, or a whole number from 300 to 4000000.');
    });
}

function unitOption(): Option {
  return new Option(
    '--unit <kind>',
    'where signing keys lie, chosen at the founding: card, soft, or a JSON file {library, token, pin} of a PKCS #11 token',
  ).argParser(unitOf);
}

function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .description(
      'make the views of a stopped deployment anew from its events; 1 where those before had said other than the log',
    )
    .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object')
    .action(
      runs((options: OnFolder, { environment, terminal }) =>
        rebuild({ folder: folderOf(options, environment), views: environment.views }, terminal),
      ),
    );
}

function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description("hold each chip card's own log against the record and say what disagrees; 1 where one diverged")
    .option('--card <name>', 'one card; else all of them')
    .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object')
    .action(
      runs((options: OnFolder & { readonly card?: string }, at) => {
        const folder = folderOf(options, at.environment);
        return reconcile(options.card === undefined ? { folder } : { folder, card: options.card }, at.terminal);
      }),
    );
}

/** What raises a whole house. */
function addHouses(program: Command): void {
  program
    .command('start')
    .description('found a demo deployment or take it up again, tell its story once, and serve')
    .addOption(baudOption())
    .addOption(unitOption())
    .option('--no-story', 'serve at once: for a fleet that gets all of its machines from the same card')
    .option('--json', 'one JSON object a line')
    .action(
      runs((options: House, at) =>
        start({
          ...at,
          baud: options.baud,
          unit: options.unit ?? null,
          tell: options.story !== false,
          stop: stopped(),
        }),
      ),
    );
  program
    .command('demo')
    .description('tell the story in a temporary folder (or in KEYLEDGER_DATA) and end; 0 only if each step held')
    .addOption(baudOption())
    .addOption(unitOption())
    .option('--json', 'one JSON object a line')
    .action(
      runs((options: House, at) => demo({ ...at, baud: options.baud, unit: options.unit ?? null, stop: stopped() })),
    );
}

function commandLine(): Command {
  const program = new Command('keyledger').description(
    'Event-sourced audit and key lifecycle for the security modules of automated teller machines.',
  );
  addHouses(program);
  program
    .command('verify')
    .description(
      're-read the whole record and re-check every leaf, checkpoint, approval and certificate; 1 names the first bad position, 3: no witness has cosigned it',
    )
    .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
    .option(
      '--checkpoint <file>',
      'a checkpoint kept elsewhere: finds a log that was cut or forked together with its own',
    )
    .option('--json', 'one JSON object')
    .action(runs((options: Verify, at) => verify(verifyOptions(options, at.environment), at.terminal)));
  program
    .command('reconstruct')
    .argument('<fingerprint>', 'SHA-256 of the certificate: base64url, hex, or its first eight characters')
    .description('rebuild a certificate from events alone, bit for bit; write it as PEM with its chain')
    .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
    .option('--out <file>', 'write the PEM chain there instead of to the terminal')
    .option('--json', 'one JSON object')
    .action((fingerprint: string, options: Reconstruct) =>
      runs((given: Reconstruct, at) => {
        const out = given.out === undefined ? {} : { out: given.out };
        return reconstruct({ folder: folderOf(given, at.environment), fingerprint, ...out }, at.terminal);
      })(options),
    );
  addRebuild(program);
  addReconcile(program);
  program
    .command('attack')
    .argument('[name]', 'one attacker, by any part of his name; four-eyes: the whole suite; else all of them')
    .description(
      'named attackers against the laws of card, module and station, on emulated devices; 0 only if none gets anything',
    )
    .option('--count <n>', 'attempts of each attacker; of four-eyes all together', positive, ATTACK_COUNT)
    .option('--seed <text>', 'varies what the attackers alter; the same seed, the same alterations')
    .option('--workers <n>', 'threads that share the attempts; else one a core, where they are many', positive)
    .option('--json', 'one JSON object a line')
    .action((name: string | undefined, options: Attack) =>
      runs((given: Attack, at) => attackAs(name, given, at.terminal))(options),
    );
  for (const verb of [loginVerb(), linksVerb(), signVerb(), officerVerb(), approveVerb(), viewVerb(), operatorVerb()])
    program.addCommand(verb);
  for (const verb of keepingVerbs()) program.addCommand(verb);
  program.addCommand(fleetCommand());
  program.addCommand(foundLogCommand());
  program.addCommand(foundViewsCommand());
  program.addCommand(platformCommand(stopped));
  program.addCommand(witnessCommand(stopped));
  program.addCommand(cardCommand(stopped));
  program.addCommand(custodiansCommand());
  program.addCommand(displayCommand());
  return everywhere(program);
}

/** What is mistyped is exit 2 at every depth: 1 is a record that does not hold. */
function everywhere(command: Command): Command {
  command.commands.forEach(everywhere);
  return command.exitOverride().showHelpAfterError();
}

interface Attack extends Common {
  readonly count: number;
  readonly seed?: string;
  readonly workers?: number;
}

function attackAs(name: string | undefined, { count, seed, workers, json }: Attack, out: Terminal): Promise<number> {
  return attack({ name, seed, workers, count, json: json === true }, out);
}

interface Verify extends OnFolder {
  readonly checkpoint?: string;
}

interface Reconstruct extends OnFolder {
  readonly out?: string;
}

function verifyOptions(options: Verify, environment: Environment): { folder: string; checkpoint?: string } {
  const folder = folderOf(options, environment);
  return options.checkpoint === undefined ? { folder } : { folder, checkpoint: options.checkpoint };
}

try {
  await commandLine().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : COULD_NOT_RUN;
}
