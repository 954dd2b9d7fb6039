/** The views as whoever asks sees them: how far they are, and what to read from. */
import type { Position } from '#libs/kernel/event.ts';

/** What questions are asked of; opened anew whenever the database is another. */
export interface Closable {
  $disconnect(): Promise<void>;
}

/** Where the views are: they answer, or they are made. */
export type ViewState =
  | { readonly is: 'serving'; readonly position: Position | null }
  /** `events` of those up to `head` are told already. */
  | {
      readonly is: 'rebuilding';
      readonly position: Position | null;
      readonly events: number;
      readonly head: Position | null;
    };

export interface ViewKeeper<Reading extends Closable> {
  readonly state: ViewState;
  /** Answers when the views have caught up for the first time. `failed` is told of what a rebuild cannot heal. */
  start(failed: (error: unknown) => void): Promise<void>;
  /** What to read from; null while the views are made. */
  reading(): Reading | null;
  /** A reader found the views broken: they are made anew. */
  broken(): void;
  /** Answers when the views have seen the position; false after the time-out, or when they begin to be made anew. */
  reached(position: string | null, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
