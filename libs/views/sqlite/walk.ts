/**
 * A range that may hold much besides what is wanted: read in steps, each a bounded range of an index, so that whoever
 * reads can stop between two of them. SQLite itself does not stop inside a statement.
 */
import type Database from 'better-sqlite3';

export type Edge = number | string;

export interface Walk {
  /** Its last three parameters are the lower bound of a step, its upper bound, and how many rows at most. */
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly table: string;
  /** What the rows are ordered by first, and the steps are cut by: numbers without great gaps, or texts with an index. */
  readonly column: string;
  readonly kind: 'number' | 'text';
  readonly towards: 'asc' | 'desc';
  /** Inclusive. */
  readonly lower: Edge | null;
  /** Exclusive. */
  readonly upper: Edge | null;
  readonly take: number;
  /** What SQLite answers from an index alone is one step, however wide. */
  readonly isOneStep: boolean;
}

export type Prepare = (sql: string) => Database.Statement;

/** No text of ours is greater. */
const LAST_TEXT = '\u{10ffff}';

/** Walks as far as it is let, and can be asked for what is left. */
export class Walker {
  readonly #prepare: Prepare;
  readonly rows: unknown[] = [];
  #rest: Walk;

  constructor(prepare: Prepare, walk: Walk) {
    this.#prepare = prepare;
    const { kind, lower, upper } = walk;
    const first = lower ?? (kind === 'number' ? 0 : '');
    this.#rest = { ...walk, lower: first, upper: upper ?? (kind === 'number' ? this.#end(walk) : LAST_TEXT) };
  }

  /** What was not looked at yet. */
  get rest(): Walk {
    return this.#rest;
  }

  get isDone(): boolean {
    const { take, lower, upper } = this.#rest;
    return take <= 0 || lower === null || upper === null || lower >= upper;
  }

  /** Looks at about so many rows further. */
  step(size: number): void {
    if (this.isDone) return;
    const { sql, values, towards, take } = this.#rest;
    const [lower, upper] = this.#next(size);
    const found = this.#prepare(sql).all(...values, lower, upper, take);
    this.rows.push(...found);
    const left = { ...this.#rest, take: take - found.length };
    this.#rest = towards === 'desc' ? { ...left, upper: lower } : { ...left, lower: upper };
  }

  #next(size: number): readonly [lower: Edge, upper: Edge] {
    const { lower, upper, towards, isOneStep } = this.#rest;
    const [from, until] = [lower ?? 0, upper ?? 0];
    if (isOneStep) return [from, until];
    if (towards === 'desc') return [greater(this.#behind(until, size) ?? from, from), until];
    return [from, lesser(this.#behind(from, size) ?? until, until)];
  }

  /** So many rows behind this edge in the order of the walk; null where there are no more. */
  #behind(edge: Edge, size: number): Edge | null {
    const { table, column, towards } = this.#rest;
    if (typeof edge === 'number') return towards === 'desc' ? edge - size : edge + size;
    const compare = towards === 'desc' ? '<' : '>';
    const sql = `SELECT "${column}" AS edge FROM ${table} WHERE "${column}" ${compare} ? ORDER BY "${column}" ${towards} LIMIT 1 OFFSET ?`;
    return (this.#prepare(sql).get(edge, size) as { edge: Edge } | undefined)?.edge ?? null;
  }

  #end({ table, column }: Walk): number {
    const found = this.#prepare(`SELECT max("${column}") AS edge FROM ${table}`).get() as { edge: number | null };
    return (found.edge ?? -1) + 1;
  }
}

function greater(one: Edge, other: Edge): Edge {
  return one > other ? one : other;
}

function lesser(one: Edge, other: Edge): Edge {
  return one < other ? one : other;
}
