/** Where the views of houses in tests lie: a file each, or, for a test file that says so, a database each on a PostgreSQL server. */
import { type PostgresServer, startPostgres } from './postgres.ts';
import { viewDatabase } from './view-engines.ts';

let onPostgres = false;
let server: PostgresServer | null = null;

/** From now on in this test file. */
export function viewsOnPostgres(): void {
  onPostgres = true;
}

/** Whether what a test does to the file of the views can be done at all. */
export function viewsAreFiles(): boolean {
  return !onPostgres;
}

/** Of the next house: an address, or null for a file. */
export async function viewsOfHouse(): Promise<string | null> {
  if (!onPostgres) return null;
  server ??= await startPostgres();
  return viewDatabase(server);
}

export async function endViews(): Promise<void> {
  await server?.close();
  server = null;
}
