/**
 * Makes the clone ready, then runs the carried Node with the given arguments: `node scripts/ready.mjs <arguments of node>`.
 * Depends on nothing and runs on Node 18 and newer, because it stands before the first install.
 * Ready is: the locked packages are installed, the Prisma clients of the views are generated, the dashboard is built.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildDashboard, dashboardIsFresh } from './dashboard.mjs';
import { clientsAreFresh, generateClients } from './prisma.mjs';

const NODE_MAJOR_MIN = 24;
const LOCK_POLL_MS = 500;
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const COULD_NOT_RUN = 2;

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.ready');
const lockFile = join(root, '.installing');
let ownsLock = false;

await installWhenStale();
run(nodes(), process.argv.slice(2).map(anchored));

/** Whole from the first byte on: the stamp is written last and moved into place, so a cut-off install has none. */
async function installWhenStale() {
  if (isFresh() && clientsAreFresh(root) && dashboardIsFresh(root)) return;
  await holdLock();
  try {
    if (!isFresh()) install();
    if (!clientsAreFresh(root)) generate();
    if (!dashboardIsFresh(root)) build();
  } finally {
    rmSync(lockFile, { force: true });
    ownsLock = false;
  }
}

function isFresh() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp();
}

/** The lock file and the machine: a folder copied from another kind of machine carries the wrong binaries. */
function wantedStamp() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function install() {
  process.stderr.write('install … (about a minute, once)\n');
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { npm_execpath: npm = '' } = process.env;
  const done = npm.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [npm, ...flags], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', flags, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (done.error !== undefined)
    refuse(`npm could not be run (${done.error.message}); it comes with Node, see https://nodejs.org`);
  if (done.status !== 0) refuse('npm ci failed, see above; nothing was started, and the next run tries again');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  place(stampFile, wantedStamp(), renameSync);
}

function generate() {
  const failure = generateClients(root, nodes()[0] ?? process.execPath);
  if (failure !== null) refuse(`The Prisma clients of the views could not be generated:\n${failure}`);
}

function build() {
  const failure = buildDashboard(root, nodes()[0] ?? process.execPath);
  if (failure !== null) process.stderr.write(`The dashboard could not be built, all else runs:\n${failure}\n`);
}

/** One install at a time: whoever links the file owns the folder; the lock of a process that is gone is taken over. */
async function holdLock() {
  for (let waits = 0; ; waits += 1) {
    try {
      place(lockFile, String(process.pid), linkSync);
      ownsLock = true;
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (waits === 0) process.stderr.write('waiting for another install of this folder\n');
    if (!isAlive(holder())) rmSync(lockFile, { force: true });
    else await new Promise((wake) => setTimeout(wake, LOCK_POLL_MS));
  }
}

function holder() {
  try {
    return Number(readFileSync(lockFile, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Writes beside the goal and moves the whole file there in one step. */
function place(goal, text, step) {
  const draft = `${goal}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    step(draft, goal);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The carried Node first: it is the one that was tested. Then the one that runs this, where it is new enough. */
function nodes() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const carried = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary);
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
  return [...(existsSync(carried) ? [carried] : []), ...(isNewEnough ? [process.execPath] : [])];
}

/** `--import ./x` means the project's file, also in a child that is forked in another folder. */
function anchored(argument, index, all) {
  if (all[index - 1] !== '--import' || !argument.startsWith('./')) return argument;
  return pathToFileURL(join(root, argument)).href;
}

function run([node, ...others], args) {
  if (node === undefined) {
    refuse(
      `Keyledger runs on Node ${NODE_MAJOR_MIN} or newer, and carries none for ${process.platform}-${process.arch}: ` +
        `this is Node ${process.versions.node}; install a newer one from https://nodejs.org`,
    );
  }
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', ...(process.send ? ['ipc'] : [])] });
  if (process.send) relay(child);
  for (const signal of PASSED_ON) {
    // A terminal gives Ctrl-C to the child too; passed on it would arrive twice.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('error', (error) =>
    others.length > 0 ? run(others, args) : refuse(`${node} cannot be started: ${error.message}`),
  );
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

/** A parent that forked this speaks with the child as if it had forked that. */
function relay(child) {
  process.on('message', (message) => child.connected && child.send(message));
  child.on('message', (message) => process.connected && process.send(message));
  process.on('disconnect', () => child.connected && child.disconnect());
}

function refuse(sentence) {
  if (ownsLock) rmSync(lockFile, { force: true });
  process.stderr.write(`${sentence}\n`);
  process.exit(COULD_NOT_RUN);
}
