/** Where a PostgreSQL log lies: its address, and how it may be named to people without its password. */
import { EventStoreError } from '../event-store.ts';

/** `postgresql://role@host:port/database`, with a password and parameters of the driver where they are needed. */
export type PostgresAddress = string;

/** Whether a text is such an address: a scheme, a host and a database, and nothing after a `#`. */
export function isPostgresAddress(text: string): boolean {
  if (!/^postgres(ql)?:\/\/\S+$/.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, username, hash } = new URL(text);
  return hostname !== '' && username !== '' && /^\/[^/]+$/.test(pathname) && hash === '';
}

/** The address as it may be shown and logged. */
export function shownAddress(address: PostgresAddress): string {
  if (!isPostgresAddress(address)) throw new EventStoreError('Unsupported', 'This is no address of a PostgreSQL log.');
  const { hostname, port, pathname } = new URL(address);
  return `postgresql://${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}
