/** The reading half of the PostgreSQL engine: pages by key over a few connections, never an open cursor. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import { begin } from '../call.ts';
import type { Call, Filter, ReadAll, ReadStream } from '../event-store.ts';
import type { Page } from '../follow.ts';
import { numberOf, positionOf } from '../position.ts';
import type { PostgresAddress } from './address.ts';
import { WireLost, asEventStoreError } from './failure.ts';
import { Link, type Question } from './link.ts';
import { COLUMNS, type Row, eventOf } from './rows.ts';

/** One page ends at whichever comes first; the scan is how many events a filter may pass over in one go. */
const PAGE_LIMITS = { rowsMax: 500, octetsMax: 4 * 1024 * 1024, scanMax: 10_000 } as const;
const LINKS_MAX = 4;
const REVISION_MAX = 2n ** 63n - 1n;

interface Cut {
  readonly rows: readonly Row[];
  /** Whether the page ended before the question did. */
  readonly cut: boolean;
}

export class PostgresReads {
  readonly #address: PostgresAddress;
  readonly #links: readonly Link[];
  /** How long a question may take whose caller names no time, milliseconds. */
  readonly #callMs: number;

  constructor(address: PostgresAddress, callMs: number) {
    this.#address = address;
    this.#callMs = callMs;
    this.#links = Array.from({ length: LINKS_MAX }, () => new Link(address, { purpose: 'reads' }));
  }

  /** Over the least busy connection; one that turned out to be dead is tried anew once, for reading changes nothing. */
  async ask<R extends object>(question: Question, call: Call = {}): Promise<readonly R[]> {
    const check = begin(call);
    const timeoutMs = Math.min(call.timeoutMs ?? this.#callMs, this.#callMs);
    const link = this.#links.reduce((least, one) => (one.busy < least.busy ? one : least));
    const stood = link.stands;
    try {
      return await cancellable(
        call,
        link.ask<R>(question, timeoutMs).catch((error: unknown) => {
          if (!stood || !(error instanceof WireLost) || !error.asked) throw error;
          return link.ask<R>(question, timeoutMs);
        }),
      );
    } catch (error) {
      check();
      throw asEventStoreError(error, this.#address);
    }
  }

  async identity(call: Call): Promise<string> {
    const [row] = await this.ask<{ value: string }>(
      { text: "SELECT value FROM keyledger.log WHERE name = 'identity'" },
      call,
    );
    return row?.value ?? '';
  }

  /** The number of the last event; -1 while the log is empty. */
  async headNumber(call: Call = {}): Promise<number> {
    const [row] = await this.ask<{ head: string }>(
      { name: 'head', text: 'SELECT coalesce(max(position), -1) AS head FROM keyledger.events' },
      call,
    );
    return Number(row?.head ?? -1);
  }

  async head(call: Call): Promise<Position | null> {
    const head = await this.headNumber(call);
    return head < 0 ? null : positionOf(head);
  }

  async streamHead(stream: string, call: Call): Promise<Revision | null> {
    const [row] = await this.ask<{ head: string | null }>(
      {
        name: 'stream-head',
        text: 'SELECT max(revision) AS head FROM keyledger.events WHERE stream = $1',
        values: [stream],
      },
      call,
    );
    return row?.head == null ? null : BigInt(row.head);
  }

  async *readStream(stream: string, options: ReadStream): AsyncGenerator<StoredEvent, void, undefined> {
    const check = begin(options);
    const { backwards = false, limit = Infinity } = options;
    const [compare, order, step] = backwards ? (['<=', 'DESC', -1n] as const) : (['>=', 'ASC', 1n] as const);
    const text = `SELECT ${COLUMNS} FROM keyledger.events WHERE stream = $1 AND revision ${compare} $2 ORDER BY revision ${order} LIMIT $3`;
    let from = options.from ?? (backwards ? REVISION_MAX : 0n);
    for (let left = limit; left > 0;) {
      check();
      const question = { name: `stream-${order}`, text, values: [stream, from], order: `revision ${order}` };
      const { rows, cut } = await this.#take(question, left, options);
      for (const row of rows) {
        check();
        yield eventOf(row);
        from = BigInt(row.revision) + step;
      }
      left -= rows.length;
      if (!cut) return;
    }
  }

  async *readAll(options: ReadAll): AsyncGenerator<StoredEvent, void, undefined> {
    const check = begin(options);
    const { backwards = false, limit = Infinity, filter } = options;
    const head = await this.headNumber(options);
    let low = options.after === undefined ? 0 : numberOf(options.after, head) + 1;
    let high = options.until === undefined ? head : numberOf(options.until, head);
    for (let left = limit; left > 0 && low <= high;) {
      check();
      const window = backwards
        ? { low: Math.max(low, high - PAGE_LIMITS.scanMax + 1), high }
        : { low, high: Math.min(high, low + PAGE_LIMITS.scanMax - 1) };
      const { rows, cut } = await this.#window({ ...window, filter, backwards, left }, options);
      for (const row of rows) {
        check();
        yield eventOf(row);
      }
      left -= rows.length;
      const last = cut ? Number(rows.at(-1)?.position) : backwards ? window.low : window.high;
      if (backwards) high = last - 1;
      else low = last + 1;
    }
  }

  /** The next page of a subscription. Throws InvalidPosition. */
  async page(after: Position | null, filter: Filter | undefined, call: Call): Promise<Page> {
    const head = await this.headNumber(call);
    const low = after === null ? 0 : numberOf(after, head) + 1;
    const high = Math.min(head, low + PAGE_LIMITS.scanMax - 1);
    if (low > high) return { events: [], to: head < 0 ? null : positionOf(head), atHead: true };
    const { rows, cut } = await this.#window({ low, high, filter, backwards: false, left: Infinity }, call);
    const to = cut ? Number(rows.at(-1)?.position) : high;
    return { events: rows.map(eventOf), to: to < 0 ? null : positionOf(to), atHead: to === head };
  }

  async close(timeoutMs: number): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close(timeoutMs)));
  }

  #window(
    ask: { low: number; high: number; filter: Filter | undefined; backwards: boolean; left: number },
    call: Call,
  ): Promise<Cut> {
    const clauses = [
      ...clause('stream', ask.filter?.streamPrefixes, 3),
      ...clause('type', ask.filter?.typePrefixes, 3 + (ask.filter?.streamPrefixes?.length ?? 0)),
    ];
    const values = [ask.low, ask.high, ...clauses.flatMap((one) => one.values)];
    const order = `position ${ask.backwards ? 'DESC' : 'ASC'}`;
    const text =
      `SELECT ${COLUMNS} FROM keyledger.events WHERE position BETWEEN $1 AND $2${clauses.map(({ sql }) => ` AND ${sql}`).join('')}` +
      ` ORDER BY ${order} LIMIT $${values.length + 1}`;
    const name = clauses.length > 0 ? {} : { name: `all-${order}` };
    return this.#take({ text, values, order, ...name }, ask.left, call);
  }

  /** Large events come in smaller pages: the running sum of octets is made by the server, which sends no more than that. */
  async #take(question: Question & { order: string }, left: number, call: Call): Promise<Cut> {
    const limit = Math.min(left, PAGE_LIMITS.rowsMax);
    const { text, values = [], name, order } = question;
    const octets = 'octet_length(data) + octet_length(metadata)';
    const bounded =
      `SELECT ${COLUMNS} FROM (SELECT page.*, sum(${octets}) OVER (ORDER BY ${order}) - (${octets}) AS before` +
      ` FROM (${text}) AS page) AS summed WHERE before < ${PAGE_LIMITS.octetsMax} ORDER BY ${order}`;
    const asked = { text: bounded, values: [...values, limit], ...(name === undefined ? {} : { name }) };
    const rows = await this.ask<Row>(asked, call);
    return { rows, cut: rows.length === limit || octetsOf(rows) >= PAGE_LIMITS.octetsMax };
  }
}

function octetsOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0);
}

function clause(
  column: string,
  prefixes: readonly string[] | undefined,
  from: number,
): { sql: string; values: readonly string[] }[] {
  if (prefixes === undefined) return [];
  if (prefixes.length === 0) return [{ sql: 'FALSE', values: [] }];
  return [
    { sql: `(${prefixes.map((_, at) => `starts_with(${column}, $${from + at})`).join(' OR ')})`, values: prefixes },
  ];
}

/** The caller's signal ends his waiting; what is on its way comes to its end unheard. */
async function cancellable<T>({ signal }: Call, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new Error('aborted'));
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
