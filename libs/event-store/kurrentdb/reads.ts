/** The reading half of the KurrentDB engine: pages, never an open cursor, for the driver's reads cannot be broken off. */
import type { AllStreamResolvedEvent, KurrentDBClient, ResolvedEvent } from '@kurrent/kurrentdb-client';
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { begin } from '../call.ts';
import { type Call, EventStoreError, type Filter, type ReadAll, type ReadStream } from '../event-store.ts';
import { matches } from '../filter.ts';
import type { Page } from '../follow.ts';
import { type Read, commitOf, mustRead, positionText } from './envelope.ts';
import { isNotFound } from './failure.ts';
import { identityStream } from './founded.ts';
import type { KurrentLink } from './link.ts';
import { Sight } from './sights.ts';

/** A page grows while its events are small. */
const PAGE = { first: 32, rowsMax: 500, octetsMax: 2 * 1024 * 1024 } as const;
const REVISION_MAX = 2n ** 63n - 1n;

type Recorded = NonNullable<ResolvedEvent['event']>;

/** A position of the server, or an end of the log. */
type From = Position | 'start' | 'end';

interface Asked {
  readonly from: From;
  readonly backwards: boolean;
  readonly prefixes: readonly string[];
  readonly many: number;
}

export class KurrentReads {
  readonly #link: KurrentLink;
  #page: number = PAGE.first;

  constructor(link: KurrentLink) {
    this.#link = link;
  }

  /** Null where no log was founded under this name. */
  async founded(call: Call): Promise<unknown> {
    const stream = identityStream(this.#link.place.log);
    const [first] = await this.#stream(stream, { from: 0n, backwards: false, many: 1 }, call);
    return first?.data ?? null;
  }

  /** The position of the log's last event. */
  async head(call: Call = {}): Promise<Position | null> {
    const [last] = await this.#all({ from: 'end', backwards: true, prefixes: [''], many: 1 }, call);
    return last === undefined ? null : commitOf(last);
  }

  async streamHead(stream: string, call: Call): Promise<Revision | null> {
    const [last] = await this.#stream(this.#link.streamOf(stream), { from: REVISION_MAX, backwards: true, many: 1 }, call);
    return last?.revision ?? null;
  }

  async sight(stream: string): Promise<Sight> {
    const sight = new Sight();
    for await (const event of this.readStream(stream, {})) sight.add(event);
    return sight;
  }

  async *readStream(stream: string, options: ReadStream): AsyncGenerator<StoredEvent, void, undefined> {
    const check = begin(options);
    const { backwards = false, limit = Infinity } = options;
    let from = options.from ?? (backwards ? REVISION_MAX : 0n);
    for (let left = limit; left > 0 && from >= 0n;) {
      check();
      const many = Math.min(this.#page, left);
      const page = this.#opened(await this.#stream(this.#link.streamOf(stream), { from, backwards, many }, options));
      for (const { event } of page) {
        check();
        yield event;
        from = event.revision + (backwards ? -1n : 1n);
      }
      left -= page.length;
      if (page.length < many) return;
    }
  }

  async *readAll(options: ReadAll): AsyncGenerator<StoredEvent, void, undefined> {
    const check = begin(options);
    const { backwards = false, limit = Infinity, filter } = options;
    const head = await this.head(options);
    const [after, until] = [known(options.after, head), known(options.until, head) ?? head];
    let left = limit;
    if (until === null) return;
    for await (const { event } of this.#walk({ after, until, backwards, filter, most: limit }, options)) {
      if (left <= 0) return;
      check();
      if (!matches(filter, event)) continue;
      left -= 1;
      yield event;
    }
  }

  /** The next page of a subscription. Throws InvalidPosition. */
  async page(after: Position | null, filter: Filter | undefined, call: Call): Promise<Page> {
    const head = await this.head(call);
    known(after ?? undefined, head);
    if (head === null || after === head) return { events: [], to: head, atHead: true };
    const many = this.#page;
    const prefixes = prefixesOf(filter);
    const asked = { from: after ?? ('start' as const), backwards: false, prefixes, many: many + 1 };
    const given = prefixes.length === 0 ? [] : this.#opened(await this.#all(asked, call));
    const page = given.filter(({ event }) => (after === null || event.position > after) && event.position <= head);
    const to = given.length > many ? (page.at(-1)?.event.position ?? head) : head;
    const events = page.map(({ event }) => event).filter((event) => matches(filter, event));
    return { events, to, atHead: to === head };
  }

  /** Every event of the log as the driver gives it, for a verifier. */
  async *recorded(): AsyncGenerator<Recorded, void, undefined> {
    let from: From = 'start';
    for (;;) {
      const asked = { from, backwards: false, prefixes: [''], many: PAGE.first + 1 } as const;
      const page: readonly Recorded[] = await this.#all(asked, {});
      const fresh = page.filter((one) => from === 'start' || commitOf(one) > from);
      yield* fresh;
      const last = fresh.at(-1);
      if (last === undefined || page.length < asked.many) return;
      from = commitOf(last);
    }
  }

  /** Streams whose metadata somebody wrote: what hides or drops events is told there. */
  async metadataOf(log: string): Promise<readonly string[]> {
    const asked = { from: 'start', backwards: false, prefixes: [`$$${log}:`], many: 100 } as const;
    return (await this.#all(asked, {}, '')).map(({ streamId }) => streamId);
  }

  /** Pages between two positions, both ways; events between them that match what the server can filter. */
  async *#walk(
    range: { after: Position | null; until: Position; backwards: boolean; filter: Filter | undefined; most: number },
    call: Call,
  ): AsyncGenerator<Read, void, undefined> {
    const { after, until, backwards, filter } = range;
    const prefixes = prefixesOf(filter);
    if (prefixes.length === 0) return;
    const between = ({ event: { position } }: Read) => (after === null || position > after) && position <= until;
    // Backwards the server gives what lies before a position, and the event at `until` is asked for by itself.
    if (backwards) yield* this.#opened(await this.#all({ from: until, backwards: false, prefixes, many: 1 }, call)).filter(
      ({ event }) => event.position === until,
    );
    let from: From = backwards ? until : (after ?? 'start');
    for (;;) {
      const many = Math.min(this.#page, filter?.typePrefixes === undefined ? range.most : Infinity) + 1;
      const given = this.#opened(await this.#all({ from, backwards, prefixes, many }, call));
      const page = given.filter(({ event }) => from === 'start' || event.position !== from);
      const inside = page.filter(between);
      yield* inside;
      const last = inside.at(-1);
      if (last === undefined || inside.length < page.length || given.length < many) return;
      from = last.event.position;
    }
  }

  #opened(recorded: readonly Recorded[]): readonly Read[] {
    const page = recorded.map((one) => mustRead(one, this.#link.place.log));
    const octets = page.reduce((sum, one) => sum + one.octets, 0);
    if (page.length > 0) {
      const fits = Math.floor((PAGE.octetsMax * page.length) / Math.max(1, octets));
      this.#page = Math.max(1, Math.min(PAGE.rowsMax, fits, 2 * Math.max(page.length, PAGE.first)));
    }
    return page;
  }

  #stream(stream: string, asked: { from: bigint; backwards: boolean; many: number }, call: Call): Promise<readonly Recorded[]> {
    const direction = asked.backwards ? 'backwards' : 'forwards';
    const fromRevision = asked.backwards && asked.from === REVISION_MAX ? 'end' : asked.from;
    const options = { direction, fromRevision, maxCount: asked.many, requiresLeader: true } as const;
    return this.#link.look((client) => recordedOf(client.readStream(stream, options)), call);
  }

  #all({ from, backwards, prefixes, many }: Asked, call: Call, log = `${this.#link.place.log}:`): Promise<readonly Recorded[]> {
    const fromPosition = isEnd(from) ? from : { commit: BigInt(from), prepare: BigInt(from) };
    const filter = { filterOn: 'streamName' as const, prefixes: prefixes.map((prefix) => `${log}${prefix}`), checkpointInterval: 1 };
    const direction = backwards ? ('backwards' as const) : ('forwards' as const);
    const options = { direction, fromPosition, filter, maxCount: many, requiresLeader: true };
    return this.#link.look((client: KurrentDBClient) => recordedOf(client.readAll(options)), call);
  }
}

function isEnd(from: From): from is 'start' | 'end' {
  return from === 'start' || from === 'end';
}

async function recordedOf(reading: AsyncIterable<ResolvedEvent | AllStreamResolvedEvent>): Promise<readonly Recorded[]> {
  const all: Recorded[] = [];
  try {
    for await (const { event } of reading) if (event !== undefined) all.push(event);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return all;
}

/** What the server is asked for; types are looked at here. Empty: nothing can match. */
function prefixesOf(filter: Filter | undefined): readonly string[] {
  if (filter?.typePrefixes?.length === 0) return [];
  return filter?.streamPrefixes ?? [''];
}

/** A position of this log as far as its form and place can tell. Throws InvalidPosition. */
function known(position: Position | undefined, head: Position | null): Position | null {
  if (position === undefined) return null;
  if (!/^\d{20}$/.test(position) || head === null || position > head)
    throw new EventStoreError('InvalidPosition', "This is no position of this log, or it lies beyond the log's end.");
  return position;
}
