import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FolderBusy, lockFolder } from './folder-lock.ts';

const HOLDER = new URL('./folder-lock-holder.fixture.ts', import.meta.url);

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kl-lock-'));
  file = join(folder, 'below', 'process.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder has one process; the next is told in one sentence', () => {
  const lock = lockFolder(file);
  expect(() => lockFolder(file)).toThrow(FolderBusy);
  expect(() => lockFolder(file)).toThrow(`Another process uses the data folder ${join(folder, 'below')}`);
  lock.release();
  lockFolder(file).release();
});

test('whoever may wait gets the folder as soon as a killed holder is gone', async () => {
  const child = fork(HOLDER, [file], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  await new Promise((resolve) => child.once('message', resolve));
  expect(existsSync(file)).toBe(true);
  expect(() => lockFolder(file)).toThrow(FolderBusy);
  child.kill('SIGKILL'); // the kill and the wait overlap: the lock is asked for before anybody has seen the exit
  lockFolder(file, 3000).release();
});
