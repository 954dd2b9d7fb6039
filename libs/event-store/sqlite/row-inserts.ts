/** Rows of the event table on their way in: several to a statement, since each statement over guarded tables keeps pages to go back to. */
import type Database from 'better-sqlite3';
import { entryOfCanonical } from '#libs/kernel/event.ts';
import type { FramedEvent } from './group-frame.ts';
import { COLUMNS } from './row.ts';

/** Measured: eight in a statement cost two thirds of eight statements; more gain nothing. */
const TOGETHER = 8;
const CELLS = 12;
const ROW = `(${'?, '.repeat(CELLS - 1)}?)`;

type Cell = string | number | Uint8Array;

export interface Placed {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly event: FramedEvent;
}

export class RowInserts {
  readonly #several: Database.Statement;
  readonly #one: Database.Statement;
  #cells: Cell[] = [];

  constructor(connection: Database.Database) {
    const insert = (rows: number): Database.Statement =>
      connection.prepare(`INSERT INTO events (${COLUMNS}, entry) VALUES ${Array<string>(rows).fill(ROW).join(', ')}`);
    this.#several = insert(TOGETHER);
    this.#one = insert(1);
  }

  /** Hashes the event to its entry and keeps the row for the next insert; a full statement runs at once. */
  add({ position, stream, revision, event }: Placed): void {
    const { id, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata } = event;
    const entry = entryOfCanonical({ ...event, stream, revision });
    this.#cells.push(position, stream, revision, id, type, schemaVersion, occurredAt, recordedAt, salt, data, metadata);
    this.#cells.push(Buffer.from(entry, 'latin1'));
    if (this.#cells.length < TOGETHER * CELLS) return;
    this.#several.run(this.#cells);
    this.#cells = [];
  }

  /** Runs what is left, in order. Throws what SQLite throws; rows of statements before stand in the transaction then. */
  insert(): void {
    const cells = this.#cells;
    this.#cells = [];
    for (let at = 0; at < cells.length; at += CELLS) this.#one.run(cells.slice(at, at + CELLS));
  }

  /** Forgets what was kept: of a group that was given up. */
  clear(): void {
    this.#cells = [];
  }
}
