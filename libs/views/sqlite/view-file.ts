/** A view database on SQLite: one file, written in bulk by one connection. It is disposable: the log makes it anew. */
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import type { Position } from '#libs/kernel/event.ts';
import type { Changes, Wanted } from '../fold.ts';
import type { Row, View } from '../view.ts';
import { VIEWS } from '../views.ts';
import type { NewViewStore, Progress } from '../view-store.ts';
import { WORDS_MAX, WORD_MAX } from '../words.ts';
import { ViewRows, changedCells, quoted } from './view-rows.ts';
import { WHOLE, foundTables, makeWhole } from './view-tables.ts';

type Connection = Database.Database;

export class ViewFile implements NewViewStore {
  readonly #connection: Connection;
  readonly #rows: ViewRows;
  #isTidying = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
    this.#rows = new ViewRows(connection);
  }

  /** A new file, see `foundTables`; `finish` makes it whole. */
  static found(file: string): ViewFile {
    const connection = new Database(file);
    foundTables(connection);
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
    makeWhole(this.#connection);
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

  async load(view: View, wanted: Wanted): Promise<readonly Row[]> {
    return this.#rows.load(view, wanted);
  }

  async write(log: string, changes: readonly Changes[], progress: Progress): Promise<void> {
    this.#rows.write(log, changes.map(changedCells), progress);
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
    return this.#rows.statement(sql);
  }
}

/** Of the index of words, put in order at once: some milliseconds' worth. */
const TIDY_PAGES = 16;
/** Type, actor, stream and every text that the data holds, at any depth. */
const GATHER =
  'INSERT INTO event_text (rowid, words) ' +
  `SELECT place, concat_ws(' ', type, actor, iif(length(stream) <= ${WORD_MAX}, stream, room), ` +
  `(SELECT substr(group_concat(atom, ' '), 1, ${WORDS_MAX}) FROM json_tree(event.data) ` +
  `WHERE type = 'text' AND (length(atom) <= ${WORD_MAX} OR instr(atom, ' ') > 0 OR key = 'bytes'))) ` +
  'FROM event WHERE place >= ? AND place < ?';
