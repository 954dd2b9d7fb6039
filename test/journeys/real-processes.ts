/** Runs the real command line in a folder of its own: what a person types, with its lines as data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { openLogReader } from '#apps/keyledger/src/demo/event-log.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Line {
  readonly step?: number;
  readonly what?: string;
  readonly pids?: Readonly<Record<string, number>>;
  readonly serving?: string;
  readonly fingerprint?: string;
  readonly failed?: { readonly code: string; readonly message: string };
}

export interface Command {
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

export interface CommandOptions {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLine?: (line: Line) => void;
}

/** What still runs, and whether the test file is over. A test that was given up goes on behind Jest's back: it starts nothing more. */
const running = new Set<Command>();
let over = false;
const LEAVE_MS = 5000;

afterAll(async () => {
  over = true;
  await Promise.all([...running].map(ends));
}, 4 * LEAVE_MS);

/** Lets it close its parts first; nothing may outlive the test file, or Jest's worker waits for it. */
async function ends({ child, ended }: Command): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), LEAVE_MS);
  await ended;
  clearTimeout(late);
}

/** `keyledger <args>` with the environment given and nothing of this process's own settings. */
export function keyledger({ args, environment = {}, onLine }: CommandOptions): Command {
  if (over) throw new Error('the test file is over');
  const inherited = Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'SystemRoot'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  const child = spawn(process.execPath, ['--import', './scripts/ts.mjs', 'apps/keyledger/src/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Line[] = [];
  let [stdout, stderr, rest] = ['', '', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts.filter((one) => one.startsWith('{'))) {
      const line = JSON.parse(part) as Line;
      lines.push(line);
      onLine?.(line);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Awaited<Command['ended']>>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr })); // its parts hold the pipes until they are gone too
  });
  const command = { child, lines, ended };
  running.add(command);
  void ended.then(() => running.delete(command));
  return command;
}

export function temporaryFolder(): { readonly folder: string; readonly drop: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kl-'));
  return { folder, drop: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function eventsIn(folder: string): Promise<readonly StoredEvent[]> {
  const log = await openLogReader(join(folder, 'platform', 'events.sqlite'));
  const events: StoredEvent[] = [];
  for await (const event of log.readAll()) events.push(event);
  await log.close();
  return events;
}
