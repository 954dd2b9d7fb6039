/** kill -9 at random moments while a fleet is personalized, by real processes: nothing acknowledged is lost or done twice. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { randomOf } from '#test/kit/random.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Pids, machines, serving } from './fleet-processes.ts';
import { type Command, eventsIn, keyledger, temporaryFolder } from './real-processes.ts';

export const VICTIMS = ['platform', 'unit', 'station', 'devices'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface FleetCrash {
  readonly victims: readonly Victim[];
  readonly modules: number;
  /** Where the moments of the kills come from. */
  readonly seed: number;
}

/** Answers how many of the kills came while modules were still on their way. */
export async function crashWhilePersonalizing({ victims, modules, seed }: FleetCrash): Promise<number> {
  const { folder, drop } = temporaryFolder();
  let house: Command | null = null;
  try {
    const { command, pids, environment, fleet } = await serving(folder);
    house = command;
    const csv = join(folder, 'machines.csv');
    writeFileSync(csv, machines(modules));
    expect((await fleet('import', csv).ended).code).toBe(0);
    expect((await fleet('place').ended).code).toBe(0);
    const personalizing = fleet('personalize');
    const kills = killOneByOne({ folder, victims, pids, random: randomOf(seed) });
    const { code, stderr } = await personalizing.ended;
    const { inTime, seen } = await kills;
    expect(code === 0 ? 'all operate' : stderr.slice(-2000)).toBe('all operate');
    command.child.kill('SIGTERM');
    expect((await command.ended).code).toBe(0);
    const after = await eventsIn(folder);
    for (const before of seen) expect(after.slice(0, before.length)).toEqual(before);
    holds(after, modules);
    const verified = await keyledger({ args: ['verify'], environment }).ended;
    expect(verified.code === 0 ? 'verified' : verified.stdout).toBe('verified');
    return inTime;
  } finally {
    house?.child.kill('SIGKILL');
    await house?.ended;
    drop();
  }
}

/** The verbs themselves are killed, each in the middle of its work, and run again. */
export async function killTheVerbs(modules: number): Promise<void> {
  const { folder, drop } = temporaryFolder();
  const { command, fleet } = await serving(folder);
  try {
    const csv = join(folder, 'machines.csv');
    writeFileSync(csv, machines(modules));
    expect((await fleet('import', csv).ended).code).toBe(0);
    for (const { verb, amid } of [
      { verb: 'place', amid: (events: readonly StoredEvent[]) => placed(events) > 2 },
      { verb: 'personalize', amid: (events: readonly StoredEvent[]) => count('OrderApproved', events) > 7 },
      { verb: 'personalize', amid: (events: readonly StoredEvent[]) => issued(events) > 2 },
    ]) {
      const running = fleet(verb);
      await when(async () => amid(await eventsIn(folder)));
      running.child.kill('SIGKILL');
      expect((await running.ended).code).toBeNull();
      if (verb === 'place') expect((await fleet(verb).ended).code).toBe(0);
    }
    expect((await fleet('personalize').ended).code).toBe(0);
    const events = await eventsIn(folder);
    holds(events, modules);
    expect(events.filter(({ type, data }) => type === 'OrderRequested' && namesModules(data))).toHaveLength(1);
  } finally {
    command.child.kill('SIGKILL');
    await command.ended;
    drop();
  }
}

function namesModules(data: unknown): boolean {
  return (data as { serials: readonly string[] }).serials.length > 0;
}

interface Killing {
  readonly folder: string;
  readonly victims: readonly Victim[];
  readonly pids: () => Pids;
  readonly random: () => number;
}

/** One victim after the other, each a random moment after the one before stands again; what stood in the record just before. */
async function killOneByOne(it: Killing): Promise<{ inTime: number; seen: readonly (readonly StoredEvent[])[] }> {
  const seen: (readonly StoredEvent[])[] = [];
  let inTime = 0;
  await when(async () => issued(await eventsIn(it.folder)) > 0);
  for (const victim of it.victims) {
    await pause(20 + it.random() * 500);
    const pid = it.pids()[victim] ?? 0;
    const before = await eventsIn(it.folder);
    process.kill(pid, 'SIGKILL');
    seen.push(before);
    if (operating(before) < placed(before)) inTime += 1;
    await when(() => Promise.resolve(it.pids()[victim] !== pid));
  }
  return { inTime, seen };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function when(holds: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await holds()); waitedMs += 20) {
    if (waitedMs > 30_000) throw new Error('it did not come to that');
    await pause(20);
  }
}

const accepted = (type: string, events: readonly StoredEvent[]): readonly StoredEvent[] =>
  events.filter((event, at) => event.type === type && isAccepted(event, events, at));

/** A judgement stands right behind the fact that it judges. */
function isAccepted({ stream }: StoredEvent, events: readonly StoredEvent[], at: number): boolean {
  const next = events[at + 1];
  return next?.stream === stream && next.type === 'ReportAccepted';
}

const issued = (events: readonly StoredEvent[]): number => accepted('CertificateIssued', events).length;
const operating = (events: readonly StoredEvent[]): number => accepted('ModuleEnteredOperation', events).length;
const count = (type: string, events: readonly StoredEvent[]): number =>
  events.filter((event) => event.type === type).length;
const placed = (events: readonly StoredEvent[]): number => count('ModulePlaced', events);

function holds(events: readonly StoredEvent[], modules: number): void {
  expect(accepted('CertificateIssued', events)).toHaveLength(modules);
  expect(new Set(accepted('ModuleEnteredOperation', events).map(({ stream }) => stream)).size).toBe(modules);
  expect(operating(events)).toBe(modules);
  expect(events.filter(({ type }) => type === 'ReportContested')).toEqual([]);
  for (const reaction of ['OrderSpent', 'CertificateRecorded', 'CardUsed', 'ModuleEnteredOperation'])
    once(events.filter(({ type }) => type === reaction));
  once(events.map(({ id, stream }) => ({ type: '', stream, data: id })));
}

function once(events: readonly Pick<StoredEvent, 'type' | 'stream' | 'data'>[]): void {
  const said = events.map(({ type, stream, data }) => `${type} ${stream} ${JSON.stringify(data)}`);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((one, at) => said.indexOf(one) !== at)).toEqual([]);
}
