/** What our test server keeps: streams, one order over all of them, positions with gaps, on a SQLite file or in memory. */
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface Stored extends Proposed {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  /** Ticks of 100 nanoseconds since 1970. */
  readonly created: string;
}

/** -1 no stream, -2 any, -4 stream exists, else the exact revision: the numbers of the server itself. */
export const [NO_STREAM, ANY, STREAM_EXISTS] = [-1n, -2n, -4n];

export type Written =
  | { readonly is: 'stored' | 'repeated'; readonly revision: bigint; readonly position: bigint }
  | { readonly is: 'wrong'; readonly current: bigint };

export interface Window {
  readonly from: bigint;
  readonly backwards: boolean;
  readonly limit: number;
}

const TABLES = `CREATE TABLE IF NOT EXISTS event (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL,
  type TEXT NOT NULL, json INTEGER NOT NULL, data BLOB NOT NULL, metadata BLOB NOT NULL, created TEXT NOT NULL, UNIQUE (stream, revision)) STRICT;
  CREATE INDEX IF NOT EXISTS by_id ON event (id)`;

/** The server writes about itself between the events of others. */
const [STATISTICS, SYSTEM_EVENT_EVERY] = ['$stats-127.0.0.1:2113', 5];

function statistics(): Proposed {
  const data = Buffer.from('{"proc-cpu":1}', 'utf8');
  return { id: randomUUID(), type: '$statsCollected', json: true, data, metadata: new Uint8Array() };
}

export class TestDatabase {
  readonly #db: Database.Database;
  #end: bigint;
  #appends = 0;
  readonly #committed = new Set<() => void>();

  /** `file` may be `:memory:`. What is written is on the disk before it is answered. */
  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.defaultSafeIntegers(true);
    this.#db.exec(TABLES);
    this.#end = (this.#one('SELECT max(position) AS it FROM event') as bigint | null) ?? 0n;
  }

  /** For whoever tampers beneath the server. */
  run(statement: string, ...values: readonly unknown[]): void {
    this.#db.prepare(statement).run(...values);
  }

  onCommit(told: () => void): () => void {
    this.#committed.add(told);
    return () => this.#committed.delete(told);
  }

  /** The last position given; every position lies in a file, so the next one is as much greater as the record is long. */
  get end(): bigint {
    return this.#end;
  }

  headOf(stream: string): bigint {
    return (this.#one('SELECT max(revision) AS it FROM event WHERE stream = ?', stream) as bigint | null) ?? -1n;
  }

  /**
   * Decides as the server's IndexWriter.CheckCommit does: at an exact revision behind which these very ids stand, the
   * answer is given again; ids are not looked at where the revision is the head. `any` looks for the ids in the stream.
   */
  append(stream: string, expected: bigint, events: readonly Proposed[]): Written {
    const written = this.#db.transaction(() => this.#append(stream, expected, events)).immediate();
    if (written.is === 'stored') for (const told of this.#committed) told();
    return written;
  }

  #append(stream: string, expected: bigint, events: readonly Proposed[]): Written {
    const current = this.headOf(stream);
    if (expected === STREAM_EXISTS && current < 0n && this.headOf(`$$${stream}`) < 0n) return { is: 'wrong', current };
    if (expected === ANY || expected === STREAM_EXISTS) {
      const known = events.map(({ id }) => this.#where('stream = ? AND id = ?', stream, id));
      const last = known.at(-1);
      if (known[0] !== undefined) return last === undefined ? { is: 'wrong', current } : { is: 'repeated', ...last };
    } else if (expected < current) {
      const there = events.map(({ id }, at) =>
        this.#where('stream = ? AND id = ? AND revision = ?', stream, id, expected + 1n + BigInt(at)),
      );
      const last = there.at(-1);
      if (there.includes(undefined) || last === undefined) return { is: 'wrong', current };
      return { is: 'repeated', ...last };
    } else if (expected > current) return { is: 'wrong', current };
    let revision = current;
    for (const event of events) {
      revision += 1n;
      this.#insert(stream, revision, event);
    }
    const position = this.#end;
    this.#appends += 1;
    if (this.#appends % SYSTEM_EVENT_EVERY === 0) this.#insert(STATISTICS, this.headOf(STATISTICS) + 1n, statistics());
    return { is: 'stored', revision, position };
  }

  #insert(stream: string, revision: bigint, { id, type, json, data, metadata }: Proposed): void {
    this.#end += BigInt(160 + data.length + metadata.length);
    this.#db
      .prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(this.#end, stream, revision, id, type, json ? 1 : 0, data, metadata, `${BigInt(Date.now()) * 10_000n}`);
  }

  /** From a revision inclusive; what `$tb` and `$maxCount` hide is not given. */
  readStream(stream: string, { from, backwards, limit }: Window): readonly Stored[] {
    const first = this.#firstVisible(stream);
    const [compare, order] = backwards ? ['<=', 'DESC'] : ['>=', 'ASC'];
    return this.#rows(
      `stream = ? AND revision ${compare} ? AND revision >= ? ORDER BY revision ${order} LIMIT ?`,
      stream,
      from,
      first,
      limit,
    );
  }

  /** Forwards from a position inclusive; backwards what lies before it. */
  readAll({ from, backwards, limit }: Window): readonly Stored[] {
    const [compare, order] = backwards ? ['<', 'DESC'] : ['>=', 'ASC'];
    return this.#rows(`position ${compare} ? ORDER BY position ${order} LIMIT ?`, from, limit);
  }

  /** The last event of a stream, as JSON; null where there is none. */
  lastJson(stream: string): Readonly<Record<string, unknown>> | null {
    const [last] = this.#rows('stream = ? ORDER BY revision DESC LIMIT 1', stream);
    return last === undefined ? null : (JSON.parse(Buffer.from(last.data).toString('utf8')) as Record<string, unknown>);
  }

  close(): void {
    this.#db.close();
  }

  #firstVisible(stream: string): bigint {
    const metadata = stream.startsWith('$$') ? null : this.lastJson(`$$${stream}`);
    const [before, most] = [metadata?.['$tb'], metadata?.['$maxCount']];
    const byCount = typeof most === 'number' ? this.headOf(stream) - BigInt(most) + 1n : 0n;
    const byTruncation = typeof before === 'number' ? BigInt(before) : 0n;
    return byCount > byTruncation ? byCount : byTruncation;
  }

  #where(clause: string, ...values: readonly unknown[]): { revision: bigint; position: bigint } | undefined {
    const row = this.#db.prepare(`SELECT revision, position FROM event WHERE ${clause}`).get(...values);
    return row as { revision: bigint; position: bigint } | undefined;
  }

  #rows(clause: string, ...values: readonly unknown[]): readonly Stored[] {
    const rows = this.#db.prepare(`SELECT * FROM event WHERE ${clause}`).all(...values) as (Omit<Stored, 'json'> & {
      json: bigint;
    })[];
    return rows.map((row) => ({ ...row, json: row.json === 1n }));
  }

  #one(statement: string, ...values: readonly unknown[]): unknown {
    return (this.#db.prepare(statement).get(...values) as { it: unknown }).it;
  }
}
