/** The four parts of a deployment, and the two ways to start one: within this process, or as a child of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PartNews, PartOrder } from '#libs/local/part.ts';

export const PARTS = ['devices', 'platform', 'station', 'unit'] as const;
export type PartName = (typeof PARTS)[number];

const MAINS: Readonly<Record<PartName, string>> = {
  devices: './devices-main.ts',
  platform: '../../../platform/src/main.ts',
  station: '../../../station/src/main.ts',
  unit: '../../../unit/src/main.ts',
};

export interface Part {
  readonly name: PartName;
  readonly address: string;
  /** Process id of a child; this process's own otherwise. */
  readonly pid: number;
  /** Answers when it has ended by itself, with what is known of the reason. Never for a part that was closed. */
  readonly died: Promise<string>;
  readonly close: () => Promise<void>;
}

export interface Launch {
  readonly name: PartName;
  readonly config: object;
  readonly say: (line: string, level?: 'error') => void;
}

export type Launcher = (it: Launch) => Promise<Part>;

const CLOSE_MS = 5000;

/** A child process; rejects with its own sentence when it cannot start. It ends when this process is gone. */
export const forked: Launcher = ({ name, config, say }) => {
  const child = fork(fileURLToPath(new URL(MAINS[name], import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { promise: died, resolve: tellDeath } = Promise.withResolvers<string>();
  return new Promise((resolve, reject) => {
    let [ready, closing] = [false, false];
    child.on('message', (news: PartNews) => {
      if ('say' in news) say(news.say, news.level);
      if ('failed' in news) reject(new Error(news.failed));
      if (!('ready' in news)) return;
      ready = true;
      const close = (): Promise<void> => {
        closing = true;
        return closeChild(child);
      };
      resolve({ name, address: news.ready, pid: child.pid ?? 0, died, close });
    });
    child.once('exit', (code, signal) => {
      const why = signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`;
      if (!ready) reject(new Error(`${name} ended before it was ready (${why})`));
      if (!closing) tellDeath(why);
    });
    child.send({ start: config } satisfies PartOrder);
  });
};

async function closeChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
  await gone;
  clearTimeout(timer);
}

type Start = (
  config: never,
  options: { say: (line: string) => void },
) => Promise<{ address: string; close: () => Promise<void> }>;

/** The same constructors in this process: for tests that tell the whole story in one. */
export function inProcess(starts: Readonly<Record<PartName, Start>>): Launcher {
  return async ({ name, config, say }) => {
    const running = await starts[name](config as never, { say });
    return {
      name,
      address: running.address,
      pid: process.pid,
      died: new Promise(() => undefined),
      close: running.close,
    };
  };
}
