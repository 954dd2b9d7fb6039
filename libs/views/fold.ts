/** Tells a batch of events to one view: which rows it needs, and which rows come of it. */
import type { Told } from './told.ts';
import type { Group, Row, View } from './view.ts';

export interface Wanted {
  readonly keys: readonly string[];
  readonly groups: readonly Group[];
}

/** What is to be written of one view. */
export interface Changes {
  readonly view: View;
  readonly rows: readonly Row[];
  /** Keys of rows that are no more. */
  readonly gone: readonly string[];
}

export function concerning(view: View, batch: readonly Told[]): readonly Told[] {
  const { types } = view;
  return types === 'every' ? batch : batch.filter(({ moved }) => moved !== null && types.has(moved.type));
}

export function wantedBy(view: View, batch: readonly Told[]): Wanted {
  const keys = new Set<string>();
  const groups: Group[] = [];
  for (const told of batch) {
    const fresh = view.newKeyOf?.(told);
    for (const key of view.keysOf(told)) if (key !== fresh) keys.add(key);
    const group = view.groupOf?.(told) ?? null;
    if (group !== null) groups.push(group);
  }
  return { keys: [...keys], groups };
}

/** Folds the batch over the rows that were found; answers what differs. */
export function changesOf(view: View, batch: readonly Told[], found: readonly Row[]): Changes {
  const before = new Map(found.map((row) => [String(row[view.key]), row]));
  const now = new Map<string, Row>(before);
  for (const told of batch)
    for (const key of keysOf(view, told, now)) {
      const next = view.apply(now.get(key) ?? null, told, key);
      if (next === null) now.delete(key);
      else now.set(key, next);
    }
  const rows: Row[] = [];
  for (const [key, row] of now) if (before.get(key) !== row) rows.push(row);
  return { view, rows, gone: [...before.keys()].filter((key) => !now.has(key)) };
}

function keysOf(view: View, told: Told, rows: ReadonlyMap<string, Row>): readonly string[] {
  const keys = view.keysOf(told);
  const group = view.groupOf?.(told) ?? null;
  if (group === null) return keys;
  const grouped = [...rows].filter(([, row]) => row[group.column] === group.value).map(([key]) => key);
  return [...new Set([...keys, ...grouped])];
}
