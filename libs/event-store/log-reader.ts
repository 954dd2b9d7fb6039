/** A log opened to look only, whatever engine keeps it: for verifiers, for the command line, beside a running platform. */
import type { Position, Revision, StoredEvent } from '#libs/kernel/event.ts';
import type { ReadAll, ReadStream } from './event-store.ts';
import type { LogRow } from './log-row.ts';

export interface LogReader {
  identity(): Promise<string>;
  head(): Promise<Position | null>;
  streamHead(stream: string): Promise<Revision | null>;
  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent>;
  readAll(options?: ReadAll): AsyncIterable<StoredEvent>;
  /** Every row with its stored entry, for a verifier; damage is told row by row and never thrown. */
  rows(): AsyncIterable<LogRow>;
  /** Names of what guards the log and is not as founded; a log whose triggers were dropped says so here. */
  alterations(): Promise<readonly string[]>;
  close(): Promise<void>;
}
