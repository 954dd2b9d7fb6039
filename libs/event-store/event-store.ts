/** The event store's port: how the application appends to the log and reads it, whatever engine keeps it. */
import type { NewEvent, Position, Revision, StoredEvent } from '#libs/kernel/event.ts';

/** What the caller believes of a stream's head; the application always names an exact revision or `no_stream`. */
export type Expected = 'no_stream' | 'stream_exists' | 'any' | Revision;

export interface AppendRequest {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly NewEvent[];
}

export interface Appended {
  readonly stream: string;
  /** Of the request's last event. */
  readonly revision: Revision;
  /** Of the request's last event; null where the engine does not tell it. */
  readonly position: Position | null;
  /** True when these events stood there already; null where the engine cannot say. */
  readonly replayed: boolean | null;
}

/** An event matches when its stream begins with one of the stream prefixes and its type with one of the type prefixes; an absent list matches all, an empty one nothing. */
export interface Filter {
  readonly streamPrefixes?: readonly string[];
  readonly typePrefixes?: readonly string[];
}

/** Who holds a lease names it with its epoch: what he appends is stored only as long as nobody took the lease after him. */
export interface Fence {
  readonly lease: string;
  readonly epoch: number;
}

/** Limits of one call, held by the adapter and not by its driver. */
export interface Call {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Of an append; Unsupported where the engine keeps no leases. */
  readonly fence?: Fence;
}

export interface ReadStream extends Call {
  readonly from?: Revision;
  readonly backwards?: boolean;
  readonly limit?: number;
}

export interface ReadAll extends Call {
  readonly after?: Position;
  readonly until?: Position;
  readonly filter?: Filter;
  readonly backwards?: boolean;
  readonly limit?: number;
}

export interface Subscribe {
  readonly after: Position | null;
  readonly filter?: Filter;
  readonly signal: AbortSignal;
}

/** `checkpoint`: nothing matched up to here. `live`: everything stored when it was sent has been delivered. */
export type Delivery =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'live'; readonly position: Position | null };

export interface Capabilities {
  readonly atomicMultiStream: boolean;
  readonly dedupe: 'durable' | 'expected-revision-only';
  /** Whether the engine itself refuses a change of what is stored, or the seal only shows it. */
  readonly immutability: 'enforced' | 'detected';
}

export interface EventStore {
  readonly capabilities: Capabilities;

  /** The id of this log: random, made with it, the same for ever; stored beside every checkpoint. */
  identity(call?: Call): Promise<string>;

  /**
   * Stores the events behind each other at the end of one stream, all or none, and answers when they are
   * durable. The same ids again at the same place answer as the first time, `replayed: true`, and store
   * nothing; ids that stand elsewhere in the stream are refused. Appends of one caller are stored in the
   * order of the calls. Fails with WrongExpectedRevision, DuplicateEventId, BadEvent, TooLarge (nothing is
   * stored), Cancelled or Unavailable (nothing is stored), OutcomeUnknown (repeat the same request to learn).
   */
  append(request: AppendRequest, call?: Call): Promise<Appended>;

  /** As `append`, for several different streams, all or none; Unsupported where `atomicMultiStream` is false. */
  appendAtomically(requests: readonly AppendRequest[], call?: Call): Promise<readonly Appended[]>;

  /** The revision of the stream's last event; null where nothing was ever appended. */
  streamHead(stream: string, call?: Call): Promise<Revision | null>;

  /** The position of the log's last event; null while the log is empty. */
  head(call?: Call): Promise<Position | null>;

  /** The stream's events from a revision (inclusive) in their order, or backwards; an absent stream is empty. */
  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent>;

  /** The log's events after a position (exclusive) until another (inclusive) in log order, or backwards. */
  readAll(options?: ReadAll): AsyncIterable<StoredEvent>;

  /**
   * Every matching event after a position, in log order, each once: first what is stored, then one `live`,
   * then what comes. Pulls: the consumer sets the pace. Ends when the signal aborts; fails with Unavailable
   * when the store closes, with InvalidPosition when `after` is no position of this log.
   */
  subscribe(options: Subscribe): AsyncIterable<Delivery>;

  /** Waits for accepted appends, ends subscriptions, frees files and locks. What is called later fails with Unavailable. */
  close(): Promise<void>;
}

export type EventStoreErrorCode =
  | 'WrongExpectedRevision'
  | 'DuplicateEventId'
  | 'BadEvent'
  | 'TooLarge'
  | 'Cancelled'
  | 'OutcomeUnknown'
  /** The lease of the fence is another's by now; nothing is stored. */
  | 'Fenced'
  | 'Unavailable'
  | 'AccessDenied'
  | 'InvalidPosition'
  | 'IdentityMismatch'
  | 'Unsupported'
  | 'Corrupt';

/** A lost race or a broken wire. `actual` is the stream's head, given with WrongExpectedRevision only. */
export class EventStoreError extends Error {
  readonly code: EventStoreErrorCode;
  readonly actual: Revision | null | undefined;

  constructor(code: EventStoreErrorCode, message: string, more: { actual?: Revision | null; cause?: unknown } = {}) {
    super(message, 'cause' in more ? { cause: more.cause } : undefined);
    this.name = 'EventStoreError';
    this.code = code;
    this.actual = more.actual;
  }
}

export function isEventStoreError(error: unknown, code?: EventStoreErrorCode): error is EventStoreError {
  return error instanceof EventStoreError && (code === undefined || error.code === code);
}
