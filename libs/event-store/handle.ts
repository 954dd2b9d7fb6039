/** The one way a command becomes events: read the stream, fold, decide, append at the exact revision read. */
import { kindOfActor } from '#libs/kernel/actor.ts';
import { type Decider, type Fact, fold } from '#libs/kernel/decider.ts';
import type { NewEvent, Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { derivedId, nonce } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type EventStore, type Fence, isEventStoreError } from './event-store.ts';
import type { RecordedTimes } from './recorded-times.ts';

export interface HandlePort {
  readonly store: EventStore;
  readonly times: RecordedTimes;
  /** Of whoever appends through it as the holder of a lease. */
  readonly fence?: Fence;
}

export interface Handling<State, Command, Event extends Fact> {
  readonly decider: Decider<State, Command, Event>;
  readonly stream: string;
  readonly command: Command;
  /** Given by whoever wants it done; the same id again gets the first answer again. */
  readonly commandId: string;
  /** Who wants it: an operator's or a device's id. */
  readonly actor: string;
  /** The command's name, kept with a recorded refusal. */
  readonly operation: string;
  /** RFC 3339 in UTC, by the device that saw it; else the time of recording. */
  readonly occurredAt?: string;
  /** Whether a refusal is recorded for ever. */
  readonly guarded?: boolean;
  /** Of the stored events; 1 unless told. */
  readonly schemaVersion?: number;
  /** Further metadata, beside `command` and `actor`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What stands in the log: at which revision, at which position; both null in a stream without events. */
export interface Receipt {
  readonly is: 'receipt';
  readonly stream: string;
  readonly revision: Revision | null;
  readonly position: Position | null;
  /** True when nothing was stored now because it stood there already. */
  readonly replayed: boolean;
}

export type Outcome = Receipt | Refusal;

const TRIES_MAX = 5;
const HISTORY_MAX = 1000;
/** Of OperationRefused: with the kind of caller. */
const REFUSED_VERSION = 2;

/**
 * Answers with a receipt or the decider's refusal. A lost race is decided anew, five times; then the
 * refusal STREAM_BUSY. Throws EventStoreError for broken wires and lost leases, and an Error for a stream longer than 1,000 events.
 */
export async function handle<State, Command, Event extends Fact>(
  port: HandlePort,
  it: Handling<State, Command, Event>,
): Promise<Outcome> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const history = await historyOf(port.store, it.stream);
    const earlier = receiptAmong(history, it) ?? (await earlierRefusal(port.store, it.commandId));
    if (earlier !== null) return earlier;
    const state = fold(it.decider, factsOf(history) as readonly Event[]);
    const decided = it.decider.decide(it.command, state);
    if (isRefusal(decided)) return it.guarded === true ? recordRefusal(port, it, decided) : decided;
    const head = history.at(-1) ?? null;
    if (decided.length === 0) return receiptAt(it.stream, head, true);
    const receipt = await append(port, { it, head, facts: decided });
    if (receipt !== null) return receipt;
  }
  return refuse(
    'STREAM_BUSY',
    `Others changed ${it.stream} ${TRIES_MAX} times meanwhile; send the same command again.`,
  );
}

/** The stream to the end. A decider folds at most 1,000 events, so a longer stream is a defect of its room. */
async function historyOf(store: EventStore, stream: string): Promise<readonly StoredEvent[]> {
  const history: StoredEvent[] = [];
  for await (const event of store.readStream(stream, { limit: HISTORY_MAX + 1 })) history.push(event);
  if (history.length > HISTORY_MAX)
    throw new Error(`stream ${stream} has more than ${HISTORY_MAX} events: it needs an end`);
  return history;
}

/** Stored data was parsed when it was admitted; from here its type is trusted. */
function factsOf(history: readonly StoredEvent[]): readonly Fact[] {
  return history.map(({ type, data }) => ({ type, data }));
}

function receiptAmong(history: readonly StoredEvent[], it: { stream: string; commandId: string }): Receipt | null {
  const last = history.findLast((event) => event.metadata.command === it.commandId);
  return last === undefined ? null : receiptAt(it.stream, last, true);
}

function receiptAt(stream: string, event: StoredEvent | null, replayed: boolean): Receipt {
  return { is: 'receipt', stream, revision: event?.revision ?? null, position: event?.position ?? null, replayed };
}

interface Appending<Event extends Fact> {
  readonly it: Omit<Handling<never, never, Event>, 'decider' | 'command'>;
  readonly head: StoredEvent | null;
  readonly facts: readonly Event[];
}

/** Null after a lost race. The time is taken in the same turn as the append, so that recorded times rise in log order. */
async function append<Event extends Fact>(
  port: HandlePort,
  { it, head, facts }: Appending<Event>,
): Promise<Receipt | null> {
  const events = newEvents(port, it, facts);
  try {
    const expected = head === null ? 'no_stream' : head.revision;
    const call = port.fence === undefined ? {} : { fence: port.fence };
    const appended = await port.store.append({ stream: it.stream, expected, events }, call);
    const { stream, revision, position, replayed } = appended;
    return { is: 'receipt', stream, revision, position, replayed: replayed ?? false };
  } catch (error) {
    if (isEventStoreError(error, 'WrongExpectedRevision') || isEventStoreError(error, 'DuplicateEventId')) return null;
    throw error;
  }
}

function newEvents(port: HandlePort, it: Appending<Fact>['it'], facts: readonly Fact[]): NewEvent[] {
  const recordedAt = port.times.next();
  const metadata = { ...it.metadata, command: it.commandId, actor: it.actor };
  return facts.map(({ type, data }, index) => ({
    id: derivedId(it.commandId, String(index)),
    type,
    schemaVersion: it.schemaVersion ?? 1,
    occurredAt: it.occurredAt ?? recordedAt,
    recordedAt,
    salt: nonce(),
    data,
    metadata,
  }));
}

function refusalStream(commandId: string): string {
  return `refusal-${commandId}`;
}

async function earlierRefusal(store: EventStore, commandId: string): Promise<Refusal | null> {
  for await (const { data } of store.readStream(refusalStream(commandId), { limit: 1 })) {
    const { code, message } = (typeof data === 'object' && data !== null ? data : {}) as Partial<
      Record<string, unknown>
    >;
    if (typeof code === 'string' && typeof message === 'string') return refuse(code, message);
  }
  return null;
}

/** Of two who record a refusal of one command at the same time the first is the answer to both. */
async function recordRefusal<Event extends Fact>(
  port: HandlePort,
  it: Omit<Handling<never, never, Event>, 'decider' | 'command'>,
  refusal: Refusal,
): Promise<Refusal> {
  const { code, message } = refusal;
  const data = { code, message, operation: it.operation, stream: it.stream, caller: kindOfActor(it.actor) };
  const stream = refusalStream(it.commandId);
  const written = await append(port, {
    it: { ...it, stream, schemaVersion: REFUSED_VERSION },
    head: null,
    facts: [{ type: 'OperationRefused', data }],
  });
  return written?.replayed === false ? refusal : ((await earlierRefusal(port.store, it.commandId)) ?? refusal);
}
