/** The servers and packages that are measured beside: installed by the bench itself, no dependency of the product. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import type { NewEvent } from '#libs/kernel/event.ts';
import { startPostgres } from '#test/kit/postgres.ts';

export interface Castore {
  readonly append: (stream: string, version: number, event: NewEvent) => Promise<unknown>;
  readonly read: (stream: string) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

/** A server with room for both, its settings left as they come but for the memory of a small machine. */
export async function benchPostgres() {
  const server = await startPostgres({ shared_buffers: '256MB' });
  const superuser = await server.database('bench');
  await foundPostgresLog(superuser, 'keyledger_writer');
  const address = server.address('bench', 'keyledger_writer');
  return { version: server.version, superuser, address, close: server.close };
}

/** What a commit of whoever connects there waits for, as the server says it. */
export async function durabilityOn(address: string): Promise<string> {
  const client = new Client({ connectionString: address });
  await client.connect();
  const said: string[] = [];
  for (const name of ['fsync', 'synchronous_commit', 'wal_sync_method']) {
    const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
    said.push(`${name} ${rows[0]?.[name]}`);
  }
  await client.end();
  return said.join(', ');
}

export async function castoreOn(address: string): Promise<Castore> {
  const folder = fileURLToPath(new URL('./peers/', import.meta.url));
  if (!existsSync(`${folder}node_modules`)) {
    const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (done.status !== 0) throw new Error('the peers of the bench could not be installed');
  }
  const peer = (await import(new URL('./peers/castore.mjs', import.meta.url).href)) as {
    openCastore: (address: string) => Promise<Castore>;
  };
  return peer.openCastore(address);
}
