/**
 * The views in a schema of a PostgreSQL database, written in bulk over one connection: rows and position in one transaction,
 * which also looks whether it is still this process's turn to write them. Disposable: the log makes them anew.
 */
import { createHash } from 'node:crypto';
import type { Position } from '#libs/kernel/event.ts';
import type { Changes, Wanted } from '../fold.ts';
import type { Cell, Row, View } from '../view.ts';
import { type NewViewStore, type Progress, ViewsFenced } from '../view-store.ts';
import { VIEWS } from '../views.ts';
import { tokensOf, wordsOfEvent } from '../words.ts';
import { INDEXES } from './tables.ts';
import type { Ask, ViewLink } from './view-link.ts';

/** Whose turn it is to write: the name and the epoch of a lease. */
export interface Turn {
  readonly lease: string;
  readonly epoch: number;
}

export const LEASES = 'keyledger_views.leases';
/** Told to whoever reads: there is more. */
export const CHANNEL = 'keyledger_views';

const INT_MAX = 2 ** 31 - 1;

export interface ViewDatabaseParts {
  readonly link: ViewLink;
  readonly schema: string;
  /** Null for whoever is alone, as a verb over a stopped deployment. */
  readonly turn: Turn | null;
}

export class ViewDatabase implements NewViewStore {
  readonly #link: ViewLink;
  readonly #schema: string;
  readonly #turn: Turn | null;

  constructor({ link, schema, turn }: ViewDatabaseParts) {
    this.#link = link;
    this.#schema = schema;
    this.#turn = turn;
  }

  /** Makes the indexes, and tells the planner what the tables hold. */
  async finish(): Promise<void> {
    for (const text of INDEXES) await this.#link.ask({ text: `SET search_path = ${this.#schema}; ${text}` });
    for (const { name } of VIEWS) await this.#link.ask({ text: `ANALYZE ${this.#table(name)}` });
  }

  async progress(log: string): Promise<Progress | null> {
    const text = `SELECT log, position, events FROM ${this.#table('progress')}`;
    const [row] = await this.#link.ask<{ log: string; position: Position | null; events: number }>({ text });
    return row?.log === log ? { position: row.position, events: row.events } : null;
  }

  /** SHA-256 of the rows of each view, in order of their keys. */
  async digests(): Promise<ReadonlyMap<string, string>> {
    const digests = new Map<string, string>();
    for (const { name, key, columns } of VIEWS) {
      const hash = createHash('sha256');
      const text = `SELECT ${columns.map(quoted).join(', ')} FROM ${this.#table(name)} ORDER BY ${quoted(key)}`;
      for (const row of await this.#link.ask<Row>({ text })) hash.update(JSON.stringify(Object.values(cellsIn(row))));
      digests.set(name, hash.digest('hex'));
    }
    return digests;
  }

  async load(view: View, { keys, groups }: Wanted): Promise<readonly Row[]> {
    const columns = view.columns.map(quoted).join(', ');
    const rows: Row[] = [];
    for (const { column, values } of wantedIn(view, { keys, groups })) {
      const text = `SELECT ${columns} FROM ${this.#table(view.name)} WHERE ${quoted(column)} = ANY($1::text[])`;
      for (const row of await this.#link.ask<Row>({ text, values: [values] })) rows.push(cellsIn(row));
    }
    return rows;
  }

  write(log: string, changes: readonly Changes[], { position, events }: Progress): Promise<void> {
    return this.#link.together(async (ask) => {
      await this.#mine(ask);
      for (const { view, rows, gone } of changes) {
        if (rows.length > 0) await ask({ text: this.#upsert(view), values: [JSON.stringify(rows.map(storable))] });
        const removal = `DELETE FROM ${this.#table(view.name)} WHERE ${quoted(view.key)} = ANY($1::text[])`;
        if (gone.length > 0) await ask({ text: removal, values: [gone] });
      }
      await ask({
        text:
          `INSERT INTO ${this.#table('progress')} (id, log, position, events) VALUES (1, $1, $2, $3) ` +
          'ON CONFLICT (id) DO UPDATE SET log = excluded.log, position = excluded.position, events = excluded.events',
        values: [log, position, events],
      });
      await ask({ text: `NOTIFY ${CHANNEL}` });
    });
  }

  async gatherWords(events: number): Promise<number> {
    const progress = { text: `SELECT events, words FROM ${this.#table('progress')}` };
    const [row] = await this.#link.ask<{ events: number; words: number }>(progress);
    const { events: told, words } = row ?? { events: 0, words: 0 };
    const until = Math.min(told, words + events);
    if (words < until)
      await this.#link.together(async (ask) => {
        await this.#mine(ask);
        const text = `SELECT place, type, actor, stream, room, data FROM ${this.#table('event')} WHERE place >= $1 AND place < $2`;
        const found = await ask<Row & { place: number }>({ text, values: [words, until] });
        await ask({
          text:
            `INSERT INTO ${this.#table('event_text')} SELECT place, words::tsvector FROM unnest($1::integer[], $2::text[]) AS found(place, words) ` +
            'ON CONFLICT (place) DO UPDATE SET words = excluded.words',
          values: [found.map(({ place }) => place), found.map((one) => tsvector(wordsOfEvent(one)))],
        });
        await ask({ text: `UPDATE ${this.#table('progress')} SET words = $1`, values: [until] });
      });
    return told - until;
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /** Until the transaction ends nobody else takes the turn. */
  async #mine(ask: Ask): Promise<void> {
    if (this.#turn === null) return;
    const { lease, epoch } = this.#turn;
    const text = `SELECT 1 AS mine FROM ${LEASES} WHERE name = $1 AND epoch = $2 FOR SHARE`;
    if ((await ask({ text, values: [lease, epoch] })).length === 0)
      throw new ViewsFenced('Another process writes the views by now.');
  }

  #table(name: string): string {
    return `${this.#schema}.${quoted(name)}`;
  }

  #upsert({ name, key, columns }: View): string {
    const [table, cells] = [this.#table(name), columns.map(quoted).join(', ')];
    const changed = columns.filter((column) => column !== key);
    const set = changed.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ');
    return (
      `INSERT INTO ${table} (${cells}) SELECT ${cells} FROM json_populate_recordset(NULL::${table}, $1::json) ` +
      `ON CONFLICT (${quoted(key)}) DO UPDATE SET ${set}`
    );
  }
}

function wantedIn({ key }: View, { keys, groups }: Wanted): readonly { column: string; values: readonly string[] }[] {
  const byKey = keys.length === 0 ? [] : [{ column: key, values: keys }];
  return [...byKey, ...groups.map(({ column, value }) => ({ column, values: [value] }))];
}

function quoted(column: string): string {
  return `"${column}"`;
}

/** As every view has it: booleans are 0 and 1. */
function cellsIn(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, (typeof cell === 'boolean' ? Number(cell) : cell) as Cell]),
  );
}

/** What this server cannot keep, a NUL or half a character, and numbers that no column has room for. */
function storable(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, storableCell(cell)] as const));
}

function storableCell(cell: Cell): Cell {
  if (typeof cell === 'string') return cell.includes('\0') ? cell.replaceAll('\0', '\uFFFD') : cell;
  return typeof cell === 'number' ? Math.min(cell, INT_MAX) : cell;
}

/** Positions in a vector end at 16,383; an event has fewer words. */
function tsvector(words: string): string {
  return tokensOf(words)
    .map((token, at) => `'${token}':${at + 1}`)
    .join(' ');
}
