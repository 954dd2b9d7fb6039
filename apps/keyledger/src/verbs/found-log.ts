/** `keyledger found-log`: founds an empty event log in a PostgreSQL or KurrentDB database, as its owner, once. The platform never has that role. */
import { Command } from 'commander';
import { withDriver } from '#libs/event-store/kurrentdb/driver.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { Complaint } from '../config.ts';
import { addressFault, meansKurrent, shownLogAddress } from '../demo/log-address.ts';
import type { Terminal } from '../terminal.ts';
import { type Common, runs } from '../verb.ts';

interface FoundLog extends Common {
  readonly owner: string;
  readonly role: string;
}

export function foundLogCommand(): Command {
  return new Command('found-log')
    .description(
      'found an event log in a PostgreSQL or KurrentDB database, once, by its owner; KEYLEDGER_EVENTS then names the role',
    )
    .requiredOption(
      '--owner <address>',
      'postgresql://owner@host:port/database, a password from PGPASSWORD or .pgpass; or kurrentdb://admin:password@host:port',
    )
    .requiredOption(
      '--role <name>',
      'who will append: it may look and add, and nothing else; made in PostgreSQL, in KurrentDB a user whom you made before',
    )
    .option('--json', 'one JSON object')
    .action(runs((options: FoundLog, at) => foundLog(options, at.terminal)));
}

async function foundLog({ owner, role }: FoundLog, terminal: Terminal): Promise<0> {
  const fault = addressFault(owner);
  if (fault !== null) throw new Complaint('BAD_OWNER', `The owner is named otherwise: ${fault}.`);
  if (meansKurrent(owner)) {
    const { foundKurrentLog } = await withDriver(() => import('#libs/event-store/kurrentdb/founded.ts'));
    await foundKurrentLog(owner, role);
  } else await foundPostgresLog(owner, role);
  const events = meansKurrent(owner)
    ? owner.replace(/:\/\/[^@/]*@/, `://${role}:PASSWORD@`)
    : shownLogAddress(owner).replace('://', `://${role}@`);
  terminal.line(`Founded. Append as ${role}: KEYLEDGER_EVENTS=${events}`);
  terminal.data({ founded: true, events });
  return 0;
}
