/** A view database on SQLite: one file, written in bulk by one connection. It is disposable: the log makes it anew. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Position } from '#libs/kernel/event.ts';
import type { Changes, Wanted } from '../fold.ts';
import type { Cell, Row, View } from '../view.ts';
import { VIEWS } from '../views.ts';
import type { NewViewStore, Progress } from '../view-store.ts';
import { WORDS_MAX, WORD_MAX } from '../words.ts';

export const DDL = readFileSync(new URL('../../../prisma/sqlite/views.sql', import.meta.url), 'utf8');

/** Tables first; indexes are made when the rows stand, which is faster than keeping them while a log is told. */
const [TABLES, INDEXES] = cut(DDL);

function cut(ddl: string): readonly [tables: string, indexes: string] {
  const at = ddl.indexOf('\nCREATE INDEX');
  return [ddl.slice(0, at), ddl.slice(at)];
}

/** Octets of a file that are read where they lie. */
const MAPPED = 2 ** 31 - 2 ** 16;

const TABLES_ONLY = 1;
const WHOLE = 2;

type Connection = Database.Database;

export class ViewFile implements NewViewStore {
  readonly #connection: Connection;
  readonly #statements = new Map<string, Database.Statement>();
  #isTidying = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A new file without indexes or journal, safe against nothing; whoever is killed begins anew, and `finish` makes it whole. */
  static found(file: string): ViewFile {
    const connection = new Database(file);
    connection.pragma('page_size = 8192');
    connection.pragma('journal_mode = OFF');
    connection.pragma('synchronous = OFF');
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('cache_size = -65536');
    connection.exec(TABLES);
    connection.exec(`INSERT INTO event_text (event_text, rank) VALUES ('pgsz', ${WORDS_PAGE})`);
    connection.pragma(`user_version = ${TABLES_ONLY}`);
    return new ViewFile(connection);
  }

  /** A file that was finished. Throws where it is none; what is broken deeper shows when it is read. */
  static open(file: string): ViewFile {
    const connection = new Database(file, { fileMustExist: true });
    try {
      if (connection.pragma('user_version', { simple: true }) !== WHOLE) throw new Error('The views are not whole.');
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = NORMAL');
      return new ViewFile(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Makes the indexes and brings everything into the one file, which can then be moved. */
  async finish(): Promise<void> {
    this.#connection.pragma(`mmap_size = ${MAPPED}`); // each index reads the whole table: from the system's pages, not copies
    this.#connection.exec(INDEXES);
    this.#connection.pragma(`user_version = ${WHOLE}`);
  }

  async progress(log: string): Promise<Progress | null> {
    const row = this.#statement('SELECT log, position, events FROM progress').get() as
      { log: string; position: string | null; events: number } | undefined;
    if (row?.log !== log) return null;
    return { position: row.position as Position | null, events: row.events };
  }

  /** SHA-256 of the rows of each view, in order of their keys. */
  digests(): ReadonlyMap<string, string> {
    return new Map(
      VIEWS.map(({ name, key, columns }) => {
        const hash = createHash('sha256');
        const sql = `SELECT ${columns.map(quoted).join(', ')} FROM ${name} ORDER BY ${quoted(key)}`;
        for (const cells of this.#connection.prepare(sql).raw().iterate()) hash.update(JSON.stringify(cells));
        return [name, hash.digest('hex')] as const;
      }),
    );
  }

  async load(view: View, { keys, groups }: Wanted): Promise<readonly Row[]> {
    const columns = view.columns.map(quoted).join(', ');
    const by = (column: string, values: readonly string[]): readonly Row[] =>
      values.length === 0
        ? []
        : (this.#statement(
            `SELECT ${columns} FROM ${view.name} WHERE ${quoted(column)} IN (SELECT value FROM json_each(?))`,
          ).all(JSON.stringify(values)) as Row[]);
    return [...by(view.key, keys), ...groups.flatMap(({ column, value }) => by(column, [value]))];
  }

  async write(log: string, changes: readonly Changes[], { position, events }: Progress): Promise<void> {
    this.#connection.transaction(() => {
      for (const { view, rows, gone } of changes) {
        this.#put(view, rows);
        if (gone.length > 0) this.#statement(removal(view)).run(JSON.stringify(gone));
      }
      this.#statement(
        'INSERT INTO progress (id, log, position, events) VALUES (1, ?, ?, ?) ' +
          'ON CONFLICT (id) DO UPDATE SET log = excluded.log, position = excluded.position, events = excluded.events',
      ).run(log, position, events);
    })();
  }

  #put(view: View, rows: readonly Row[]): void {
    const many = rows.length - (rows.length % TOGETHER);
    if (many > 0) {
      const several = this.#statement(upsert(view, TOGETHER));
      for (let at = 0; at < many; at += TOGETHER) several.run(cellsOf(view, rows.slice(at, at + TOGETHER)));
    }
    if (many === rows.length) return;
    const one = this.#statement(upsert(view, 1));
    for (const row of rows.slice(many)) one.run(cellsOf(view, [row]));
  }

  async gatherWords(events: number): Promise<number> {
    const progress = this.#statement('SELECT events, words FROM progress');
    const { events: told, words } = progress.get() as { events: number; words: number };
    const until = Math.min(told, words + events);
    if (words < until)
      this.#connection.transaction(() => {
        this.#statement(GATHER).run(words, until);
        this.#statement('UPDATE progress SET words = ?').run(until);
      })();
    return told - until;
  }

  /** What was gathered in pieces lies in pieces; every search looks into each of them. */
  async tidyWords(): Promise<boolean> {
    const changes = this.#statement('SELECT total_changes() AS count');
    const before = (changes.get() as { count: number }).count;
    this.#statement("INSERT INTO event_text (event_text, rank) VALUES ('merge', ?)").run(
      BigInt(this.#isTidying ? TIDY_PAGES : -TIDY_PAGES),
    );
    this.#isTidying = (changes.get() as { count: number }).count - before >= 2; // as FTS5 says that there is more
    return this.#isTidying;
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#connection.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

/** Of the index of words, put in order at once: some milliseconds' worth. */
const TIDY_PAGES = 16;
/** Octets of a page of the index of words. Whoever begins deep in the log passes by the pages before, one by one. */
const WORDS_PAGE = 16_384;

/** Type, actor, stream and every text that the data holds, at any depth. */
const GATHER =
  'INSERT INTO event_text (rowid, words) ' +
  `SELECT place, concat_ws(' ', type, actor, iif(length(stream) <= ${WORD_MAX}, stream, room), ` +
  `(SELECT substr(group_concat(atom, ' '), 1, ${WORDS_MAX}) FROM json_tree(event.data) ` +
  `WHERE type = 'text' AND (length(atom) <= ${WORD_MAX} OR instr(atom, ' ') > 0 OR key = 'bytes'))) ` +
  'FROM event WHERE place >= ? AND place < ?';

function quoted(column: string): string {
  return `"${column}"`;
}

function cellsOf({ columns }: View, rows: readonly Row[]): readonly Cell[] {
  const cells: Cell[] = [];
  for (const row of rows) for (const column of columns) cells.push(row[column] ?? null);
  return cells;
}

/** Rows of one statement: eight cost two thirds of eight statements. */
const TOGETHER = 8;

/** Some rows; prepared once and run again and again, within the one transaction of its batch. */
function upsert({ name, key, columns }: View, rows: number): string {
  const cells = `(${columns.map(() => '?').join(', ')})`;
  const changed = columns.filter((column) => column !== key);
  const set = changed.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ');
  return (
    `INSERT INTO ${name} (${columns.map(quoted).join(', ')}) VALUES ${Array<string>(rows).fill(cells).join(', ')} ` +
    `ON CONFLICT (${quoted(key)}) DO UPDATE SET ${set}`
  );
}

function removal({ name, key }: View): string {
  return `DELETE FROM ${name} WHERE ${quoted(key)} IN (SELECT value FROM json_each(?))`;
}
