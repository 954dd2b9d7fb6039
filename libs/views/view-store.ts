/** The port of a view database: rows by key, and writes that carry the position with them. */
import type { Position } from '#libs/kernel/event.ts';
import type { Changes, Wanted } from './fold.ts';
import type { Row, View } from './view.ts';

/** How far the views have come. */
export interface Progress {
  /** Null before the first event. */
  readonly position: Position | null;
  /** Events told so far. */
  readonly events: number;
}

export interface ViewStore {
  /** Null for another log, and where there is nothing yet. */
  progress(log: string): Promise<Progress | null>;
  load(view: View, wanted: Wanted): Promise<readonly Row[]>;
  /** Rows of every view and the position, in one transaction. */
  write(log: string, changes: readonly Changes[], progress: Progress): Promise<void>;
  /**
   * Makes the words of this many further events searchable; answers how many are still to come. Not while the views are
   * made anew: it takes longer than all the rest, and nobody waits for it who does not search.
   */
  gatherWords(events: number): Promise<number>;
  /** Puts a piece of the words in order, so that a search reads less; answers whether there is more to do. */
  tidyWords?(): Promise<boolean>;
  close(): Promise<void>;
}

/** A view database while it is made: fast, and nothing that anybody reads. */
export interface NewViewStore extends ViewStore {
  /** Makes it whole: indexes, and everything in its place. */
  finish(): Promise<void>;
}

/** The server of the view database does not answer: what it holds is not at fault, and is asked again. */
export class ViewsAway extends Error {}

/** Another process writes the views by now. */
export class ViewsFenced extends Error {}

/** Where the view database of this code lies. */
export interface ViewPlace {
  /** The file that readers open; of a server the schema. */
  readonly file: string;
  /** The finished one, or null: absent, of other tables or other code, or not to be opened. */
  open(): Promise<ViewStore | null>;
  /** Begins another beside whatever is there. */
  begin(): Promise<NewViewStore>;
  /** Puts the one that was begun, finished and closed into its place and removes all others. */
  switchTo(): Promise<void>;
  /** Names what stands there now: another after it was replaced, null when it is gone. */
  identity(): string | null;
}
