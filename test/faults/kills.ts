/** Kills with -9 while events are appended, of the process that appends or of the server: nothing acknowledged is lost, nothing doubled. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { collect } from '#libs/event-store/contract/harness.ts';
import { foundKurrentLog } from '#libs/event-store/kurrentdb/founded.ts';
import { openKurrentReadOnly } from '#libs/event-store/kurrentdb/read-only.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { foundPostgresLog } from '#libs/event-store/postgresql/found.ts';
import { addressFor } from '#libs/event-store/postgresql/postgresql.harness.ts';
import { openPostgresReadOnly } from '#libs/event-store/postgresql/read-only.ts';
import { openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import { temporaryFolder } from '#libs/event-store/sqlite/sqlite.harness.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import { startPostgres } from '#test/kit/postgres.ts';
import { randomOf } from '#test/kit/random.ts';
import { ServerProcess } from '#test/kurrentdb/server-process.ts';

const LOAD = new URL('./load.fixture.ts', import.meta.url);
const WRITERS = 16;

interface Loaded {
  readonly log: string;
  readonly read: () => Promise<LogReader>;
  /** Whether positions count the events. */
  readonly dense: boolean;
  /** What is killed beside the process that appends; null where there is nothing else. */
  readonly server: { readonly kill: () => Promise<void>; readonly start: () => Promise<void> } | null;
}

/** Kills the process that appends so many times, on an event file. */
export async function killsOnSqlite(times: number, seed: number): Promise<void> {
  const { folder, drop } = temporaryFolder();
  try {
    const log = join(folder, 'events.sqlite');
    await kills({ log, read: () => openSqliteReadOnly(log), dense: true, server: null }, times, seed);
  } finally {
    drop();
  }
}

/** Kills the process that appends and the server in turn, so many times together. */
export async function killsOnPostgres(times: number, seed: number): Promise<void> {
  const server = await startPostgres();
  try {
    const owner = await server.database('loaded');
    await foundPostgresLog(owner, 'keyledger_writer');
    const log = addressFor(owner);
    await kills({ log, read: () => openPostgresReadOnly(log), dense: true, server }, times, seed);
  } finally {
    await server.close();
  }
}

/** Kills the process that appends and our test server for KurrentDB in turn, so many times together. */
export async function killsOnKurrent(times: number, seed: number): Promise<void> {
  const { folder, drop } = temporaryFolder();
  const server = new ServerProcess(join(folder, 'database.sqlite'));
  try {
    await server.start();
    const log = `kurrentdb://127.0.0.1:${server.port}?tls=false&log=loaded`;
    await foundKurrentLog(log, 'keyledger-writer');
    await kills({ log, read: () => openKurrentReadOnly(log), dense: false, server }, times, seed);
  } finally {
    await server.kill();
    drop();
  }
}

async function kills(it: Loaded, times: number, seed: number): Promise<void> {
  const random = randomOf(seed);
  const acknowledged = new Map<number, number>();
  let child = begin(it, acknowledged);
  try {
    for (let kill = 0; kill < times; kill += 1) {
      const before = sum(acknowledged);
      while (sum(acknowledged) < before + 200) await pause(5, child);
      await pause(random() * 120, child);
      if (it.server !== null && kill % 2 === 1) {
        await it.server.kill();
        await it.server.start();
      } else {
        await killed(child);
        await check(it, acknowledged);
        child = begin(it, acknowledged);
      }
    }
    const before = sum(acknowledged);
    while (sum(acknowledged) < before + 200) await pause(5, child);
  } finally {
    await killed(child);
  }
  await check(it, acknowledged);
}

function begin({ log }: Loaded, acknowledged: Map<number, number>): ChildProcess {
  const child = fork(LOAD, [log, String(WRITERS)], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  child.on('message', ({ writer, index }: { writer: number; index: number }) => {
    acknowledged.set(writer, Math.max(index, acknowledged.get(writer) ?? -1));
  });
  return child;
}

/** Every acknowledged event stands where it was acknowledged, and each event once. */
async function check(it: Loaded, acknowledged: ReadonlyMap<number, number>): Promise<void> {
  const reader = await it.read();
  const all = await collect(reader.readAll());
  await reader.close();
  const places = all.map(({ position }) => Number(position));
  expect(places).toEqual(it.dense ? all.map((_, index) => index) : places.toSorted((one, other) => one - other));
  for (let writer = 0; writer < WRITERS; writer += 1) {
    const stored = all.filter(({ stream }) => stream === `w-${writer}`);
    expect(stored.length).toBeGreaterThan(acknowledged.get(writer) ?? -1);
    expect(stored.map(({ id }) => id)).toEqual(
      stored.map((_, index) => derivedId('load', String(writer), String(index))),
    );
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function pause(ms: number, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the process that appends ended by itself (${child.exitCode})`);
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function sum(acknowledged: ReadonlyMap<number, number>): number {
  return [...acknowledged.values()].reduce((all, index) => all + index + 1, 0);
}
