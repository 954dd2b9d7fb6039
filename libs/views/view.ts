/** A view: rows made of events by a pure fold, key by key. Whoever drops all rows and tells it the log again gets the same rows. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Told } from './told.ts';

/** As the tables keep it: booleans are 0 and 1, lists are JSON text. */
export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** All rows with this value in the column. */
export interface Group {
  readonly column: string;
  readonly value: string;
}

export interface View<R extends Row = Row> {
  /** Its table. */
  readonly name: string;
  /** Column of the key. */
  readonly key: string;
  readonly columns: readonly string[];
  /** Types of the facts that move it. The audit trail takes every event, moving or not, and says `every`. */
  readonly types: ReadonlySet<string> | 'every';
  /** Keys of the rows that are concerned; of a row that is there or is yet to be. */
  keysOf(told: Told): readonly string[];
  /** Of these keys one whose row cannot be there yet: nothing is read for it. */
  newKeyOf?(told: Told): string;
  /** Further rows that are concerned, by something else than their key. */
  groupOf?(told: Told): Group | null;
  /** The next row; null where there is to be none. Pure. */
  apply(row: R | null, told: Told, key: string): R | null;
}

export interface Moved<Fact> {
  readonly fact: Fact;
  readonly key: string;
  readonly stream: string;
  readonly place: number;
  /** Of the event that made it count. */
  readonly at: Stamp;
  /** RFC 3339, by whoever saw it happen. */
  readonly occurredAt: string;
}

/** When a row was last moved. */
export interface Stamp {
  readonly lastAt: string;
  readonly position: string;
}

export interface Room<R extends Row, Fact> {
  readonly name: string;
  readonly columns: readonly (keyof R & string)[];
  readonly types: readonly (Fact extends { readonly type: infer Type } ? Type & string : never)[];
  readonly keysOf: (fact: Fact, event: StoredEvent) => readonly string[];
  readonly groupOf?: (fact: Fact, event: StoredEvent) => Group | null;
  readonly apply: (row: R | null, moved: Moved<Fact>) => R | null;
}

/** A view of facts that count: reports only once they are accepted. Its key is `id`. */
export function viewOf<R extends Row, Fact>(room: Room<R, Fact>): View<R> {
  const { name, columns, groupOf } = room;
  const factOf = (event: StoredEvent): Fact => ({ type: event.type, data: event.data }) as Fact; // written by our own deciders
  return {
    name,
    key: 'id',
    columns,
    types: new Set(room.types),
    keysOf: ({ moved }) => (moved === null ? [] : room.keysOf(factOf(moved), moved)),
    ...(groupOf === undefined
      ? {}
      : { groupOf: ({ moved }: Told) => (moved === null ? null : groupOf(factOf(moved), moved)) }),
    apply: (row, { event, place, moved }, key) => {
      if (moved === null) return row;
      const at = { lastAt: event.recordedAt, position: event.position };
      return room.apply(row, {
        fact: factOf(moved),
        key,
        stream: moved.stream,
        place,
        at,
        occurredAt: moved.occurredAt,
      });
    },
  };
}

/** What every row begins with. */
export function begun<Fact>({ key, place, at }: Moved<Fact>): {
  readonly id: string;
  readonly since: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
} {
  return { id: key, since: place, firstAt: at.lastAt, ...at };
}

/** Part of a stream's name behind its room's prefix. */
export function behind(prefix: string, stream: string): string {
  return stream.slice(prefix.length);
}

/** A JSON list in a cell, with one more. */
export function withOne(cell: string, one: unknown): string {
  return JSON.stringify([...(JSON.parse(cell) as unknown[]), one]);
}
