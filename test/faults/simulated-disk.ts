/**
 * A simulated disk under the SQLite engine: the real writer writes real files, and between each two states that were made
 * durable lie all those in which a kill or a power cut may leave them. Of what was written and not yet synced, each sector of
 * 512 octets may have arrived or not, and the file may be as long as before, as after, or in between. What was synced stands.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { newEvent } from '#libs/event-store/contract/harness.ts';
import { admit } from '#libs/event-store/admission.ts';
import { frameOf, groupOf } from '#libs/event-store/sqlite/group-frame.ts';
import { GroupWriter } from '#libs/event-store/sqlite/group-writer.ts';
import { found, prepareForWriting } from '#libs/event-store/sqlite/schema.ts';
import { openFile } from '#libs/event-store/sqlite/open-file.ts';
import { SqliteReads } from '#libs/event-store/sqlite/reads.ts';
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import type { AppendRequest } from '#libs/event-store/event-store.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';

const SECTOR = 512;
const GROUPS = 60;
/** Often, so that checkpoints and begun-anew logs of SQLite lie among the states. */
const CHECKPOINT_PAGES = 12;
const SYNCHRONOUS_FULL = 2;
/** Where there is one, wrecks lie in memory: what the disk held of them is decided already. */
const MEMORY = '/dev/shm';
/** Of so many kill points one is also opened by the engine, which then repeats what was not acknowledged. */
const TAKEN_UP_EVERY = 40;
/** And of so many of those one with its thread, whose start costs more than thirty kill points. */
const WITH_THREAD_EVERY = 10;

interface State {
  readonly file: Buffer;
  readonly wal: Buffer;
  /** Events acknowledged so far. */
  readonly events: number;
}

export interface Course {
  readonly folder: string;
  readonly states: readonly State[];
  readonly groups: readonly (readonly AppendRequest[])[];
  /** Entry of each event in log order. */
  readonly entries: readonly Buffer[];
  /** Whether a commit waits for the disk; as the connection says itself. */
  readonly syncsCommits: boolean;
}

/** Lets the engine's writer write, and keeps each state that it acknowledged. `synchronous` other than the engine's is for a test of this test. */
export function record(random: () => number, synchronous?: 'NORMAL'): Course {
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-disk-'));
  const file = join(folder, 'written.sqlite');
  const connection = new Database(file);
  found(connection, 'simulated');
  connection.pragma('wal_checkpoint(TRUNCATE)');
  prepareForWriting(connection);
  connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  if (synchronous !== undefined) connection.pragma(`synchronous = ${synchronous}`);
  const writer = new GroupWriter(connection);
  const states = [stateOf(file, 0)];
  const groups: AppendRequest[][] = [];
  const heads = new Map<string, bigint>();
  for (let group = 0, events = 0; group < GROUPS; group += 1) {
    const requests = requestsOf(random, heads);
    groups.push(requests);
    writer.write(groupOf(frameOf(requests.map((request) => [admit(request)]))));
    events += requests.reduce((sum, one) => sum + one.events.length, 0);
    states.push(stateOf(file, events));
  }
  const entries = connection.prepare('SELECT entry FROM events ORDER BY position').pluck().all() as Buffer[];
  const syncsCommits = connection.pragma('synchronous', { simple: true }) === SYNCHRONOUS_FULL;
  connection.close();
  return { folder, states, groups, entries, syncsCommits };
}

function requestsOf(random: () => number, heads: Map<string, bigint>): AppendRequest[] {
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const stream = `s-${Math.floor(random() * 12)}`;
    const events = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      newEvent({ data: { text: 'x'.repeat(Math.floor(random() ** 3 * 9000)) } }),
    );
    const head = heads.get(stream);
    heads.set(stream, (head ?? -1n) + BigInt(events.length));
    return { stream, expected: head ?? 'no_stream', events };
  });
}

function stateOf(file: string, events: number): State {
  const wal = `${file}-wal`;
  return { file: readFileSync(file), wal: existsSync(wal) ? readFileSync(wal) : Buffer.alloc(0), events };
}

/** What one kill left behind, and what was acknowledged before it. */
interface Wreck {
  readonly file: Buffer;
  readonly wal: Buffer;
  readonly acknowledged: number;
  /** Groups that were acknowledged. */
  readonly group: number;
  /** Events that may stand there: those acknowledged, and the group in hand whole. */
  readonly possible: readonly number[];
}

/** Kills at so many random points. Throws at the first that loses, doubles or tears anything. */
export async function killAt(course: Course, points: number, random: () => number): Promise<void> {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'keyledger-wreck-'));
  const place = join(folder, 'wreck.sqlite');
  try {
    for (let point = 0; point < points; point += 1) {
      const wreck = wreckOf(course, random);
      for (const suffix of ['', '-shm', '-wal', '.lock']) rmSync(place + suffix, { force: true });
      writeFileSync(place, wreck.file);
      if (wreck.wal.length > 0) writeFileSync(`${place}-wal`, wreck.wal);
      const where = `kill point ${point}, after group ${wreck.group}`;
      if (point % (TAKEN_UP_EVERY * WITH_THREAD_EVERY) === 0) await takenUp(course, wreck, { place, where });
      else if (point % TAKEN_UP_EVERY === 0) await takenUpHere(course, wreck, { place, where });
      else looked(course, wreck, { place, where });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wreckOf({ states, syncsCommits }: Course, random: () => number): Wreck {
  const at = Math.floor(random() * (states.length - 1));
  const [before, after] = [states[at], states[at + 1]];
  if (before === undefined || after === undefined) throw new Error('no such state');
  const held = { acknowledged: before.events, group: at, possible: [before.events, after.events] };
  const durable = syncsCommits ? before : (states[lastCheckpoint(states, at)] ?? before);
  const isCheckpointed = !before.file.equals(after.file);
  if (isCheckpointed && random() < 0.4) return { ...held, file: torn(before.file, after.file, random), wal: after.wal }; // the log was synced before its pages are copied
  return { ...held, file: durable.file, wal: tornLog(durable.wal, after.wal, random) };
}

/** Without a sync at each commit only a checkpoint makes anything durable. */
function lastCheckpoint(states: readonly State[], at: number): number {
  for (let one = at; one > 0; one -= 1)
    if (states[one]?.file.equals(states[one - 1]?.file ?? Buffer.alloc(0)) === false) return one;
  return 0;
}

/** A log begun anew has its head synced before anything follows it. */
function tornLog(before: Buffer, after: Buffer, random: () => number): Buffer {
  const [head, isNew] = [32, !before.subarray(0, 32).equals(after.subarray(0, 32))];
  if (!isNew) return torn(before, after, random);
  const begun = Buffer.concat([after.subarray(0, head), before.subarray(head)]);
  return random() < 0.1 ? torn(before, begun, random) : torn(begun, after, random);
}

function torn(before: Buffer, after: Buffer, random: () => number): Buffer {
  const [share, shares] = [random(), random()];
  const [shortest, longest] = [Math.min(before.length, after.length), Math.max(before.length, after.length)];
  const length =
    shares < 0.4
      ? after.length
      : shares < 0.6
        ? before.length
        : shortest + Math.floor(random() * (longest - shortest + 1));
  const octets = Buffer.alloc(length);
  before.copy(octets, 0, 0, length);
  const until = random() < 0.5 ? Infinity : Math.floor(random() * after.length); // in order, or in any
  for (let at = 0; at < Math.min(after.length, length); at += SECTOR)
    if (until === Infinity ? random() < share : at < until) after.copy(octets, at, at, Math.min(at + SECTOR, length));
  return octets;
}

interface Where {
  readonly place: string;
  readonly where: string;
}

/** Recovered by SQLite as a reader would: the events are those acknowledged, or with them the group in hand, whole. */
function looked(course: Course, wreck: Wreck, { place, where }: Where): void {
  const connection = new Database(place);
  try {
    connection.pragma('synchronous = OFF'); // of the wreck; what is looked at is thrown away
    const rows = connection.prepare('SELECT position, entry FROM events ORDER BY position').all() as {
      position: number;
      entry: Buffer;
    }[];
    if (!wreck.possible.includes(rows.length))
      throw new Error(`${where}: ${rows.length} events, of ${wreck.possible.join(' or ')} that could be`);
    for (const [at, { position, entry }] of rows.entries())
      if (position !== at || course.entries[at]?.equals(entry) !== true)
        throw new Error(`${where}: event ${at} is another`);
  } finally {
    connection.close();
  }
}

/** Opened by the engine, which repeats the group in hand as its caller would: then each event stands there once. */
async function takenUp(course: Course, wreck: Wreck, { place, where }: Where): Promise<void> {
  const store = await openSqliteStore(place);
  try {
    for (const request of course.groups[wreck.group] ?? []) await store.append(request);
    await requireWhole(store.readAll(), wreck, where);
  } finally {
    await store.close();
  }
}

/** The same opening, recovery and writer, in this thread. */
async function takenUpHere(course: Course, wreck: Wreck, { place, where }: Where): Promise<void> {
  const { connection, lock } = openFile(place);
  try {
    const writer = new GroupWriter(connection);
    for (const request of course.groups[wreck.group] ?? []) writer.write(groupOf(frameOf([[admit(request)]])));
    await requireWhole(new SqliteReads(connection).readAll({}), wreck, where);
  } finally {
    connection.close();
    lock.release();
  }
}

async function requireWhole(all: AsyncIterable<StoredEvent>, { possible }: Wreck, where: string): Promise<void> {
  let events = 0;
  for await (const event of all) if (Number(event.position) === events) events += 1;
  if (events !== possible[1]) throw new Error(`${where}: taken up it has ${events} events, not ${possible[1]}`);
}

/** How often SQLite copied its log into the file, and began its log anew: what there is to be torn. */
export function turnsOf({ states }: Course): { readonly checkpoints: number; readonly begunAnew: number } {
  const pairs = states.slice(1).map((after, at) => [states[at] ?? after, after] as const);
  return {
    checkpoints: pairs.filter(([before, after]) => !before.file.equals(after.file)).length,
    begunAnew: pairs.filter(([before, after]) => !before.wal.subarray(0, 32).equals(after.wal.subarray(0, 32))).length,
  };
}
