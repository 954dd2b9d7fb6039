/** `keyledger found-views`: gives a PostgreSQL database to the views, as its owner. The platform never has that role. */
import { Command } from 'commander';
import { isPostgresAddress, shownAddress } from '#libs/event-store/postgresql/address.ts';
import { foundPostgresViews } from '#libs/views/postgresql/found.ts';
import { Complaint } from '../config.ts';
import type { Terminal } from '../terminal.ts';
import { type Common, runs } from '../verb.ts';

interface FoundViews extends Common {
  readonly owner: string;
  readonly role: string;
}

export function foundViewsCommand(): Command {
  return new Command('found-views')
    .description('let a role keep views in a PostgreSQL database, by its owner; KEYLEDGER_VIEWS then names the role')
    .requiredOption('--owner <address>', 'postgresql://owner@host:port/database; a password from PGPASSWORD or .pgpass')
    .requiredOption('--role <name>', 'who keeps the views: it may make schemas there; made where there is none')
    .option('--json', 'one JSON object')
    .action(runs((options: FoundViews, at) => foundViews(options, at.terminal)));
}

async function foundViews({ owner, role }: FoundViews, terminal: Terminal): Promise<0> {
  if (!isPostgresAddress(owner))
    throw new Complaint('BAD_OWNER', 'The owner is named as postgresql://owner@host:port/database.');
  await foundPostgresViews(owner, role);
  const views = shownAddress(owner).replace('://', `://${role}@`);
  terminal.line(`Done. Keep views as ${role}: KEYLEDGER_VIEWS=${views}`);
  terminal.data({ founded: true, views });
  return 0;
}
