/** The reading half of the KurrentDB engine: pages, never an open cursor, so that a caller who stops reading holds nothing. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { begin } from '../call.ts';
import { type Call, EventStoreError, type Filter, type ReadAll, type ReadStream } from '../event-store.ts';
import { matches } from '../filter.ts';
import type { Page } from '../follow.ts';
import { type Read, jsonIn, mustRead, positionIn } from './envelope.ts';
import { identityStream } from './founded.ts';
import type { KurrentLink } from './link.ts';
import { type AllQuestion, type Recorded, allQuestion, answersTo, streamQuestion } from './questions.ts';
import { Sight } from './sights.ts';

/** A page grows while its events are small. */
const PAGE = { first: 16, rowsMax: 500, octetsMax: 1024 * 1024 } as const;
const REVISION_MAX = 2n ** 63n - 1n;

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
    return first === undefined ? null : jsonIn(first.data);
  }

  /** The position of the log's last event. */
  async head(call: Call = {}): Promise<Position | null> {
    const [last] = await this.#all({ from: 'end', backwards: true, prefixes: [''], many: 1 }, call);
    return last === undefined ? null : positionIn(last);
  }

  async streamHead(stream: string, call: Call): Promise<Revision | null> {
    const [last] = await this.#stream(
      this.#link.streamOf(stream),
      { from: REVISION_MAX, backwards: true, many: 1 },
      call,
    );
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
    const asked = {
      from: after === null ? ('start' as const) : BigInt(after),
      backwards: false,
      prefixes,
      many: many + 1,
    };
    const given = prefixes.length === 0 ? [] : this.#opened(await this.#all(asked, call));
    const page = given.filter(({ event }) => (after === null || event.position > after) && event.position <= head);
    const to = given.length > many ? (page.at(-1)?.event.position ?? head) : head;
    const events = page.map(({ event }) => event).filter((event) => matches(filter, event));
    return { events, to, atHead: to === head };
  }

  /** Every event of the log as the driver gives it, for a verifier. */
  async *recorded(): AsyncGenerator<Recorded, void, undefined> {
    let from: bigint | null = null;
    for (;;) {
      const asked = { from: from ?? ('start' as const), backwards: false, prefixes: [''], many: PAGE.first + 1 };
      const page: readonly Recorded[] = await this.#all(asked, {});
      const fresh = page.filter(({ commit }) => commit !== from);
      yield* fresh;
      const last = fresh.at(-1);
      if (last === undefined || page.length < asked.many) return;
      from = last.commit;
    }
  }

  /** Streams whose metadata somebody wrote: what hides or drops events is told there. */
  async metadataOf(log: string): Promise<readonly string[]> {
    const asked = { from: 'start', backwards: false, prefixes: [`$$${log}:`], many: 100 } as const;
    return (await this.#ask(allQuestion(asked), {})).map(({ stream }) => stream);
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
    if (backwards)
      yield* this.#opened(await this.#all({ from: BigInt(until), backwards: false, prefixes, many: 1 }, call)).filter(
        (one) => one.event.position === until && between(one),
      );
    let from = backwards ? until : after;
    for (;;) {
      const many = Math.min(this.#page, filter?.typePrefixes === undefined ? range.most : Infinity) + 1;
      const asked = { from: from === null ? ('start' as const) : BigInt(from), backwards, prefixes, many };
      const given = this.#opened(await this.#all(asked, call));
      const page = given.filter(({ event }) => event.position !== from);
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
    const fits = Math.floor((PAGE.octetsMax * page.length) / Math.max(1, octets));
    const grown = page.length < this.#page ? this.#page : 2 * this.#page; // by full pages only
    if (page.length > 0) this.#page = Math.max(1, Math.min(PAGE.rowsMax, fits, grown));
    return page;
  }

  #stream(
    stream: string,
    asked: { from: bigint; backwards: boolean; many: number },
    call: Call,
  ): Promise<readonly Recorded[]> {
    const from = asked.backwards && asked.from >= REVISION_MAX ? ('end' as const) : asked.from;
    return this.#ask(streamQuestion({ ...asked, stream, from }), call);
  }

  #all(asked: AllQuestion, call: Call): Promise<readonly Recorded[]> {
    const log = `${this.#link.place.log}:`;
    return this.#ask(allQuestion({ ...asked, prefixes: asked.prefixes.map((prefix) => `${log}${prefix}`) }), call);
  }

  #ask(question: Parameters<typeof answersTo>[1], call: Call): Promise<readonly Recorded[]> {
    const deadlineMs = 2 * this.#link.callMs; // ours comes first
    return this.#link.look((client, signal) => answersTo(client, question, { signal, deadlineMs }), call);
  }
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
