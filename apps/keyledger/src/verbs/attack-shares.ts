/** The attempts of `keyledger attack` in several threads: the same dice as in one, and the same sums. */
import { Worker } from 'node:worker_threads';
import type { NamedAttacker } from '#module-emulator/adversary/attacker.ts';
import { type Rehearsed, together } from '#module-emulator/adversary/rehearsal.ts';
import type { SaidOfShare, ShareOfAttack } from './attack-share.ts';

const THREAD = new URL('./attack-share.ts', import.meta.url);
const TYPESCRIPT = new URL('../../../../scripts/ts.mjs', import.meta.url);

export interface Shared {
  /** Attempts of each attacker. */
  readonly count: number;
  readonly seed?: string | undefined;
  readonly workers: number;
  readonly onAttempts: (attempts: number) => void;
  /** Told of each attacker, in their order, as soon as every thread is through with him. */
  readonly onRehearsed: (one: Rehearsed) => void;
}

/** Throws what a thread threw; the others are stopped then. */
export async function rehearseShared(attackers: readonly NamedAttacker[], it: Shared): Promise<readonly Rehearsed[]> {
  const names = attackers.map(({ name }) => name);
  const parts = new Map<string, Rehearsed[]>(names.map((name) => [name, []]));
  const done: Rehearsed[] = [];
  const hear = (said: SaidOfShare): void => {
    if ('attempts' in said) return it.onAttempts(said.attempts);
    parts.get(said.rehearsed.name)?.push(said.rehearsed);
    for (;;) {
      const next = parts.get(names[done.length] ?? '');
      if (next?.length !== it.workers) return;
      const one = together(next);
      done.push(one);
      it.onRehearsed(one);
    }
  };
  const threads = Array.from({ length: it.workers }, (_, at) => {
    const workerData: ShareOfAttack = {
      names,
      count: it.count,
      seed: it.seed ?? null,
      share: { at, of: it.workers },
    };
    return new Worker(THREAD, { workerData, execArgv: ['--import', TYPESCRIPT.href] });
  });
  try {
    await Promise.all(threads.map((thread) => ended(thread, hear)));
    return done;
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function ended(thread: Worker, hear: (said: SaidOfShare) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.on('message', hear);
    thread.once('error', reject);
    thread.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
  });
}
