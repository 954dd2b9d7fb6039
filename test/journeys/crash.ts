/** kill -9 of one process at one step of the story, then the same command again: nothing acknowledged is lost or doubled. */
import { expect } from '@jest/globals';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { eventsIn, keyledger, temporaryFolder } from './real-processes.ts';

export const VICTIMS = ['platform', 'unit', 'station', 'devices'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Crash {
  readonly victim: Victim;
  /** The line of the story at which it is killed; within its next step, `laterMs` after the line. */
  readonly step: number;
  readonly laterMs: number;
}

/** Kills, checks that the demo says so, starts again, and holds what must hold. Answers whether the kill came in time. */
export async function crashAndTellOn({ victim, step, laterMs }: Crash): Promise<boolean> {
  const { folder, drop } = temporaryFolder();
  try {
    const environment = { KEYLEDGER_DATA: folder };
    let [pid, killed] = [0, false];
    const first = keyledger({
      args: ['demo', '--json', '--baud', '0'],
      environment,
      onLine: (line) => {
        if (line.pids !== undefined) pid = line.pids[victim] ?? 0;
        if (line.step !== step) return;
        setTimeout(() => {
          killed = first.child.exitCode === null && killNow(pid);
        }, laterMs);
      },
    });
    const fell = await first.ended;
    const toldToItsEnd = first.lines.some(({ fingerprint }) => fingerprint !== undefined);
    if (killed && !toldToItsEnd) expect(fell.code).not.toBe(0);
    const before = await eventsIn(folder);
    const told = await keyledger({ args: ['demo', '--json', '--baud', '0'], environment }).ended;
    expect(told.code === 0 ? 'told to its end' : told.stderr.slice(-2000)).toBe('told to its end');
    holds(before, await eventsIn(folder));
    return killed && !toldToItsEnd;
  } finally {
    drop();
  }
}

function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // already gone
  }
}

function holds(before: readonly StoredEvent[], after: readonly StoredEvent[]): void {
  expect(after.slice(0, before.length)).toEqual(before);
  const accepted = after.filter(
    ({ type }, at) => type === 'CertificateIssued' && after[at + 1]?.type === 'ReportAccepted',
  );
  expect(accepted).toHaveLength(1);
  const spent = after
    .filter(({ type }) => type === 'OrderSpent')
    .map(({ stream, data }) => `${stream} ${JSON.stringify(data)}`);
  expect(new Set(spent).size).toBe(spent.length);
  const operating = after.filter(({ type }) => type === 'ModuleEnteredOperation');
  expect(operating).toHaveLength(1);
  expect(new Set(after.map(({ id, stream }) => `${stream} ${id}`)).size).toBe(after.length);
  expect(after.filter(({ type }) => type === 'ReportContested')).toEqual([]);
}
