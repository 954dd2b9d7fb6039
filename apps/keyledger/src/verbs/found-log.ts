/** `keyledger found-log`: founds an empty event log in a PostgreSQL database, as its owner, once. The platform never has that role. */
import { Command } from 'commander';
import { isPostgresAddress, shownAddress } from '#libs/event-store/postgresql/address.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { Complaint } from '../config.ts';
import type { Terminal } from '../terminal.ts';
import { type Common, runs } from '../verb.ts';

interface FoundLog extends Common {
  readonly owner: string;
  readonly role: string;
}

export function foundLogCommand(): Command {
  return new Command('found-log')
    .description(
      'found an event log in a PostgreSQL database, once, by its owner; KEYLEDGER_EVENTS then names the role',
    )
    .requiredOption('--owner <address>', 'postgresql://owner@host:port/database; a password from PGPASSWORD or .pgpass')
    .requiredOption('--role <name>', 'who will append: it may look and add, and nothing else; made where there is none')
    .option('--json', 'one JSON object')
    .action(runs((options: FoundLog, at) => foundLog(options, at.terminal)));
}

async function foundLog({ owner, role }: FoundLog, terminal: Terminal): Promise<0> {
  if (!isPostgresAddress(owner))
    throw new Complaint('BAD_OWNER', 'The owner is named as postgresql://owner@host:port/database.');
  await foundPostgresLog(owner, role);
  const events = shownAddress(owner).replace('://', `://${role}@`);
  terminal.line(`Founded. Append as ${role}: KEYLEDGER_EVENTS=${events}`);
  terminal.data({ founded: true, events });
  return 0;
}
