/** What an adapter brings to the contract suite, and what each point of the suite is given. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type NewEvent, type Position, type StoredEvent } from '#libs/kernel/event.ts';
import { nonce, uuidv7 } from '#libs/kernel/ids.ts';
import { type Delivery, type EventStore, EventStoreError, type EventStoreErrorCode } from '../event-store.ts';
import type { LogRow } from '../log-row.ts';

/** One log of the engine under test. */
export interface Opened {
  readonly store: EventStore;
  /** Opens the same log again, after its store was closed: a restart. */
  readonly reopen: () => Promise<EventStore>;
  /** Ways beneath the port that an attacker with the files or the database has. */
  readonly raw?: RawAccess;
  /** What lies between the store and its server. */
  readonly wire?: Wire;
  /** Opens the same log once more, beside the store, as another process would. */
  readonly another?: () => Promise<EventStore>;
  /** Begins another writer's transaction that does not end until the function given is called. */
  readonly stall?: () => Promise<() => Promise<void>>;
  readonly breaks?: number;
  readonly dispose: () => Promise<void>;
}

export interface Wire {
  /** From now on the next answer of the server is lost, and the connection with it. */
  readonly loseAnswers: () => void;
  /** From now on nothing comes through, and nothing breaks off either. */
  readonly mute: () => void;
  readonly heal: () => void;
}

export interface RawAccess {
  /** Changes that the engine itself must refuse, each by its statement. */
  readonly refused: readonly string[];
  readonly run: (statement: string) => Promise<void>;
  /** Flips one octet of the stored data of an event, with every lock of the engine taken off first. */
  readonly flipOctet: (position: Position) => Promise<void>;
  /** Takes the last event away, likewise. */
  readonly removeTail: () => Promise<void>;
  readonly rows: () => AsyncIterable<LogRow>;
}

export interface Harness {
  /** A new, empty log. */
  readonly open: () => Promise<Opened>;
  /** What this engine has not, each with its reason: points that need it are left out. */
  readonly lacks: Readonly<Partial<Record<Need, string>>>;
  /** Why the engine cannot be had here at all; null where it can. */
  readonly missing?: string | null;
  /** `dense` where positions count the events from 0; otherwise they rise, and random use is compared by place in the log. */
  readonly positions?: 'dense' | 'rising';
  /** How often point 19 breaks off early, where each look costs a round trip; 10,000 times where nothing is said. */
  readonly breaks?: number;
  /** Random uses for each seed; as many as the others where nothing is said. */
  readonly uses?: number;
  /** Before the first log is opened and after the last: a server to be started and stopped. */
  readonly begin?: () => Promise<void>;
  readonly end?: () => Promise<void>;
}

/** What a point may need beside the store. */
export type Need = 'a way beneath the port' | 'a wire' | 'a log on a disk' | 'several streams at once';

/** One numbered promise. */
export interface Point {
  readonly no: number;
  readonly title: string;
  readonly needs?: Need;
  readonly holds: (it: Opened) => Promise<void>;
  readonly timeoutMs?: number;
}

export function newEvent(with_: Partial<NewEvent> = {}): NewEvent {
  const time = '2026-01-31T12:00:00.000Z';
  const made = {
    id: uuidv7(),
    type: 'ThingHappened',
    schemaVersion: 1,
    occurredAt: time,
    recordedAt: time,
    salt: nonce(),
  };
  return { ...made, data: { thing: 1 }, metadata: { actor: 'tester' }, ...with_ };
}

export function newEvents(count: number, with_: Partial<NewEvent> = {}): NewEvent[] {
  return Array.from({ length: count }, (_, index) => newEvent({ data: { index }, ...with_ }));
}

/** Appends events one stream after the other, one append each, and gives what the log then holds of them. */
export async function fill(store: EventStore, streams: readonly string[]): Promise<readonly StoredEvent[]> {
  await Promise.all(
    streams.map((stream, index) => store.append({ stream, expected: 'any', events: [newEvent({ data: { index } })] })),
  );
  return collect(store.readAll());
}

export async function collect<T>(from: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const all: T[] = [];
  if (most <= 0) return all;
  for await (const one of from) if (all.push(one) >= most) break;
  return all;
}

/** The events of a subscription until `enough` says so; the subscription is then ended by its signal. */
export async function followUntil(
  follow: (signal: AbortSignal) => AsyncIterable<Delivery>,
  enough: (all: readonly Delivery[]) => boolean,
): Promise<Delivery[]> {
  const ending = new AbortController();
  const all: Delivery[] = [];
  for await (const delivery of follow(ending.signal)) {
    all.push(delivery);
    if (enough(all)) ending.abort();
  }
  return all;
}

export function eventsOf(deliveries: readonly Delivery[]): StoredEvent[] {
  return deliveries.flatMap((delivery) => (delivery.kind === 'event' ? [delivery.event] : []));
}

/** The error of a call that must fail with this code. */
export async function failure(call: Promise<unknown>, code: EventStoreErrorCode): Promise<EventStoreError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof EventStoreError && error.code === code) return error;
  throw new Error(`expected ${code}, got ${error instanceof EventStoreError ? error.code : String(error)}`);
}

/** Octets that are still reachable, after the garbage is gone. */
export function reachable(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The same, once what was let go of is gone too: buffers of a socket are given back some turns after the last look at them. */
export async function settled(): Promise<number> {
  let least = reachable();
  for (let quiet = 0; quiet < 5; quiet += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = reachable();
    if (now < least - 65_536) quiet = 0;
    least = Math.min(least, now);
  }
  return least;
}

/** Lets everything that was begun come to its end: a turn of timers. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}
