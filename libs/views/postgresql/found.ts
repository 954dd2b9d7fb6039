/** Gives a database to the views, by its owner: a role that may make schemas there and nothing else of note. */
import type { PostgresAddress } from '#libs/event-store/postgresql/address.ts';
import { EventStoreError } from '#libs/event-store/event-store.ts';
import { asEventStoreError } from '#libs/event-store/postgresql/failure.ts';
import { Link } from '#libs/event-store/postgresql/link.ts';

const FOUND_MS = 30_000;
const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;

/** Makes the role, without a password, where there is none. Again it changes nothing. Throws AccessDenied, Unavailable, Unsupported. */
export async function foundPostgresViews(owner: PostgresAddress, role: string): Promise<void> {
  if (!ROLE.test(role))
    throw new EventStoreError(
      'Unsupported',
      'The role of the views is named in small letters, digits and underscores.',
    );
  const link = new Link(owner, { purpose: 'founding' });
  const ask = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    link.ask<Row>({ text, values }, FOUND_MS);
  try {
    const [roles] = await ask<{ found: boolean }>('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS found', [
      role,
    ]);
    if (roles?.found !== true) await ask(`CREATE ROLE ${role} LOGIN`);
    const [here] = await ask<{ name: string }>('SELECT quote_ident(current_database()) AS name');
    await ask(`GRANT CONNECT, CREATE ON DATABASE ${here?.name ?? ''} TO ${role}`);
  } catch (error) {
    throw asEventStoreError(error, owner);
  } finally {
    await link.close(FOUND_MS);
  }
}
