/** The engine of tests: the whole promise of the port, kept in memory. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { admitAll } from '../admission.ts';
import { begin, refuseFence } from '../call.ts';
import {
  type AppendRequest,
  type Appended,
  type Call,
  type Capabilities,
  type Delivery,
  type EventStore,
  EventStoreError,
  type Filter,
  type ReadAll,
  type ReadStream,
  type Subscribe,
} from '../event-store.ts';
import { matches } from '../filter.ts';
import { Bell, type Page, follow } from '../follow.ts';
import { numberOf, positionOf } from '../position.ts';
import { MemoryLog } from './memory-log.ts';

const PAGE = 1000;

export class MemoryEventStore implements EventStore {
  readonly capabilities: Capabilities = { atomicMultiStream: true, dedupe: 'durable', immutability: 'enforced' };
  readonly #log: MemoryLog;
  readonly #bell = new Bell();
  #closed = false;

  constructor(log: MemoryLog = new MemoryLog()) {
    this.#log = log;
  }

  async identity(call: Call = {}): Promise<string> {
    return this.#now(call, () => this.#log.identity);
  }

  async append(request: AppendRequest, call: Call = {}): Promise<Appended> {
    const [appended] = await this.appendAtomically([request], call);
    if (appended === undefined) throw new EventStoreError('BadEvent', 'Nothing was stored: no request.');
    return appended;
  }

  async appendAtomically(requests: readonly AppendRequest[], call: Call = {}): Promise<readonly Appended[]> {
    refuseFence(call);
    return this.#now(call, () => {
      const places = admitAll(requests).map((request) => ({ request, ...this.#log.place(request) }));
      const appended = places.map(({ request, first, replayed }) => {
        if (!replayed) this.#log.write(request, first);
        const revision = first + BigInt(request.events.length) - 1n;
        const number = this.#log.numberAt(request.stream, revision);
        return {
          stream: request.stream,
          revision,
          position: number === undefined ? null : positionOf(number),
          replayed,
        };
      });
      this.#bell.ring();
      return appended;
    });
  }

  async streamHead(stream: string, call: Call = {}): Promise<Revision | null> {
    return this.#now(call, () => this.#log.headOf(stream));
  }

  async head(call: Call = {}): Promise<Position | null> {
    return this.#now(call, () => (this.#log.head < 0 ? null : positionOf(this.#log.head)));
  }

  async *readStream(stream: string, options: ReadStream = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const check = this.#begin(options);
    const { backwards = false, limit = Infinity } = options;
    const head = this.#log.headOf(stream) ?? -1n;
    const step = backwards ? -1n : 1n;
    let revision = options.from ?? (backwards ? head : 0n);
    if (backwards && revision > head) revision = head;
    for (let given = 0; given < limit && revision >= 0n && revision <= head; given += 1, revision += step) {
      check();
      const number = this.#log.numberAt(stream, revision);
      const event = number === undefined ? undefined : this.#log.event(number);
      if (event !== undefined) yield event;
    }
  }

  async *readAll(options: ReadAll = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const check = this.#begin(options);
    const { backwards = false, limit = Infinity, filter } = options;
    const first = options.after === undefined ? 0 : numberOf(options.after, this.#log.head) + 1;
    const last = options.until === undefined ? this.#log.head : numberOf(options.until, this.#log.head);
    for (let at = 0, given = 0; first + at <= last && given < limit; at += 1) {
      check();
      const event = this.#log.event(backwards ? last - at : first + at);
      if (event === undefined || !matches(filter, event)) continue;
      given += 1;
      yield event;
    }
  }

  subscribe(options: Subscribe): AsyncIterable<Delivery> {
    return follow({ page: (after, filter) => this.#page(after, filter), bell: this.#bell }, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#bell.ring();
    return Promise.resolve();
  }

  #page(after: Position | null, filter: Filter | undefined): Page {
    this.#begin({});
    const { head } = this.#log;
    const first = after === null ? 0 : numberOf(after, head) + 1;
    const last = Math.min(head, first + PAGE - 1);
    const events: StoredEvent[] = [];
    for (let number = first; number <= last; number += 1) {
      const event = this.#log.event(number);
      if (event !== undefined && matches(filter, event)) events.push(event);
    }
    return { events, to: last < 0 ? null : positionOf(last), atHead: last === head };
  }

  /** Runs at once, so that calls take effect in their order; the answer comes a turn later. */
  async #now<T>(call: Call, work: () => T): Promise<T> {
    this.#begin(call);
    return Promise.resolve(work());
  }

  #begin(call: Call): () => void {
    if (this.#closed) throw new EventStoreError('Unavailable', 'The event store is closed.');
    return begin(call);
  }
}
