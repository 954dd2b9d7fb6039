/** Rows of the views in a connection: found by key, and written in bulk together with the position. */
import type Database from 'better-sqlite3';
import type { Changes, Wanted } from '../fold.ts';
import type { Cell, Row, View } from '../view.ts';
import type { Progress } from '../view-store.ts';

/** What of a view its table is. */
export type Table = Pick<View, 'name' | 'key' | 'columns'>;

/** What is to be written of one view, cell by cell. */
export interface ChangedCells {
  readonly view: Table;
  /** Of `TOGETHER` rows each, or of one. */
  readonly pieces: Iterable<readonly Cell[]>;
  /** Keys of rows that are no more. */
  readonly gone: readonly string[];
}

/** Rows of one statement: eight cost two thirds of eight statements. */
export const TOGETHER = 8;

export class ViewRows {
  readonly #connection: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(connection: Database.Database) {
    this.#connection = connection;
  }

  load(view: Table, { keys, groups }: Wanted): readonly Row[] {
    const columns = view.columns.map(quoted).join(', ');
    const by = (column: string, values: readonly string[]): readonly Row[] =>
      values.length === 0
        ? []
        : (this.statement(
            `SELECT ${columns} FROM ${view.name} WHERE ${quoted(column)} IN (SELECT value FROM json_each(?))`,
          ).all(JSON.stringify(values)) as Row[]);
    return [...by(view.key, keys), ...groups.flatMap(({ column, value }) => by(column, [value]))];
  }

  /** In one transaction. */
  write(log: string, changes: readonly ChangedCells[], { position, events }: Progress): void {
    this.#connection.transaction(() => {
      for (const { view, pieces, gone } of changes) {
        this.#put(view, pieces);
        if (gone.length > 0) this.statement(removal(view)).run(JSON.stringify(gone));
      }
      this.statement(
        'INSERT INTO progress (id, log, position, events) VALUES (1, ?, ?, ?) ' +
          'ON CONFLICT (id) DO UPDATE SET log = excluded.log, position = excluded.position, events = excluded.events',
      ).run(log, position, events);
    })();
  }

  /** Prepared once. */
  statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#connection.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #put(view: Table, pieces: Iterable<readonly Cell[]>): void {
    const one = upsert(view, 1);
    const several = upsert(view, TOGETHER);
    for (const cells of pieces) this.statement(cells.length === view.columns.length ? one : several).run(cells);
  }
}

export function changedCells({ view, rows, gone }: Changes): ChangedCells {
  return { view, pieces: piecesOf(view, rows), gone };
}

function* piecesOf({ columns }: Table, rows: readonly Row[]): Generator<readonly Cell[]> {
  const many = rows.length - (rows.length % TOGETHER);
  for (let at = 0; at < rows.length;) {
    const cells: Cell[] = [];
    for (const end = at < many ? at + TOGETHER : at + 1; at < end; at += 1)
      for (const column of columns) cells.push(rows[at]?.[column] ?? null);
    yield cells;
  }
}

export function quoted(column: string): string {
  return `"${column}"`;
}

/** Some rows; prepared once and run again and again, within the one transaction of its batch. */
function upsert({ name, key, columns }: Table, rows: number): string {
  const cells = `(${columns.map(() => '?').join(', ')})`;
  const changed = columns.filter((column) => column !== key);
  const set = changed.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ');
  return (
    `INSERT INTO ${name} (${columns.map(quoted).join(', ')}) VALUES ${Array<string>(rows).fill(cells).join(', ')} ` +
    `ON CONFLICT (${quoted(key)}) DO UPDATE SET ${set}`
  );
}

function removal({ name, key }: Table): string {
  return `DELETE FROM ${name} WHERE ${quoted(key)} IN (SELECT value FROM json_each(?))`;
}
