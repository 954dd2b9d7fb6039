/** One process per data folder, and what a killed one leaves behind: shown with real processes. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { collect, failure } from '../contract/harness.ts';
import { openSqliteReadOnly } from './read-only.ts';
import { temporaryFolder } from './sqlite.harness.ts';
import { openSqliteStore } from './sqlite-store.ts';

const HOLDER = new URL('./lock-holder.fixture.ts', import.meta.url);

let place: ReturnType<typeof temporaryFolder>;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  place = temporaryFolder();
  file = join(place.folder, 'events.sqlite');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  place.drop();
});

/** Begins a process that appends, and answers when it has acknowledged `events`; the counter goes on rising. */
async function holder(events: number): Promise<{ readonly child: ChildProcess; readonly acknowledged: () => number }> {
  const child = fork(HOLDER, [file], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  children.push(child);
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => {
      reject(new Error('the holder died'));
    });
    child.on('message', (revision) => {
      acknowledged = Number(revision) + 1;
      if (acknowledged >= events) resolve();
    });
  });
  return { child, acknowledged: () => acknowledged };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

test('a second process is refused with one clear sentence that names the folder, until the first one is killed', async () => {
  const { child } = await holder(1);
  const error = await failure(openSqliteStore(file), 'Unavailable');
  expect(error.message).toBe(
    `Another process uses the data folder ${place.folder}; stop that process, or choose another folder.`,
  );
  await killed(child);
  const store = await openSqliteStore(file);
  expect(await store.streamHead('held-1')).not.toBeNull();
  await store.close();
});

test('a second store of the same process is refused too, until the first one closes', async () => {
  const store = await openSqliteStore(file);
  await failure(openSqliteStore(file), 'Unavailable');
  await failure(openSqliteStore(join(place.folder, '.', 'events.sqlite')), 'Unavailable');
  await store.close();
  await (await openSqliteStore(file)).close();
});

test('a second name of the folder leads to the same lock', async () => {
  const store = await openSqliteStore(file);
  const other = join(place.folder, 'other-name');
  symlinkSync(place.folder, other);
  await failure(openSqliteStore(join(other, 'events.sqlite')), 'Unavailable');
  await store.close();
});

test('kill -9 in the middle of writing loses no acknowledged event, three times', async () => {
  for (let round = 0, least = 20; round < 3; round += 1) {
    const { child, acknowledged } = await holder(least);
    await killed(child);
    const store = await openSqliteStore(file);
    const stored = await collect(store.readStream('held-1'));
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged());
    expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => BigInt(index)));
    await store.close();
    least = stored.length + 20;
  }
});

test('a reader needs no lock and sees what a running writer of another process has acknowledged', async () => {
  const { acknowledged } = await holder(10);
  const reader = await openSqliteReadOnly(file);
  const before = acknowledged();
  expect((await collect(reader.readStream('held-1'))).length).toBeGreaterThanOrEqual(before);
  expect((await collect(reader.rows())).every((row) => row.is === 'event')).toBe(true);
  await reader.close();
});
