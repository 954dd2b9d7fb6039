/** The event file of a deployment, opened to look only: beside a running platform, or with nothing else left of the folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isEventStoreError } from '#libs/event-store/event-store.ts';
import type { LogRow } from '#libs/event-store/log-row.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import { type SqliteReader, openSqliteReadOnly } from '#libs/event-store/sqlite/read-only.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { COSIGNED_FILE } from '#libs/seal/cosigned-file.ts';
import { addressOf, logStands, openLogReader } from '../demo/event-log.ts';
import { shownLogAddress } from '../demo/log-address.ts';
import { placesIn } from '../demo/places.ts';
import type { Terminal } from '../terminal.ts';

export interface EventPlace {
  readonly events: string;
  readonly checkpoints: string;
  /** The newest checkpoint that witnesses cosigned. */
  readonly cosigned: string;
}

/** In a data folder, or in the folder itself: an auditor may have been given the two files and nothing more. */
export function eventPlace(folder: string): EventPlace {
  const { events, checkpoints, cosigned } = placesIn(folder).platform;
  const alone = join(folder, 'events.sqlite');
  return logStands(events) || !existsSync(alone)
    ? { events, checkpoints, cosigned }
    : { events: alone, checkpoints: join(folder, 'checkpoints.ndjson'), cosigned: join(folder, COSIGNED_FILE) };
}

/** Runs with the log open; a file that is absent or no event log refuses with its one sentence. */
export function withEventFile<Answer>(
  { events }: EventPlace,
  use: (reader: LogReader) => Promise<Answer>,
): Promise<Answer | Refusal> {
  return withOpened(events, () => openLogReader(events), use);
}

/** The same where only the file itself will do; refuses LOG_ELSEWHERE where the record lies on a server. */
export function withSqliteFile<Answer>(
  { events }: EventPlace,
  use: (reader: SqliteReader) => Promise<Answer>,
): Promise<Answer | Refusal> {
  const address = addressOf(events);
  if (address === null) return withOpened(events, () => openSqliteReadOnly(events), use);
  const words = `The record lies in ${shownLogAddress(address)}: take a backup of that server, or \`keyledger export\`.`;
  return Promise.resolve(refuse('LOG_ELSEWHERE', words));
}

async function withOpened<Reader extends { close(): Promise<void> }, Answer>(
  events: string,
  open: () => Promise<Reader>,
  use: (reader: Reader) => Promise<Answer>,
): Promise<Answer | Refusal> {
  try {
    const reader = await open();
    try {
      return await use(reader);
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (isEventStoreError(error))
      return refuse(error.code.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(), error.message);
    if (isOfSqlite(error))
      return refuse('CORRUPT', `The event file ${events} cannot be read (${error.code}); restore it from a backup.`);
    throw error;
  }
}

/** What SQLite itself says of a file whose pages are none. */
function isOfSqlite(error: unknown): error is { readonly code: string } {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_');
}

/** The readable events up to the first row that is not. */
export async function* readableEvents(rows: AsyncIterable<LogRow>): AsyncGenerator<StoredEvent> {
  for await (const row of rows) {
    if (row.is === 'damaged') return;
    yield row.event;
  }
}

/** Events up to the head; 0 where even that cannot be read. */
export async function countedEvents(reader: LogReader): Promise<number> {
  try {
    const head = await reader.head();
    return head === null ? 0 : Number(head) + 1;
  } catch {
    return 0; // the walk over the rows tells what is wrong
  }
}

/** Exit code 2: nothing was judged, and why. */
export function couldNotRun(terminal: Terminal, { code, message }: Refusal): 2 {
  terminal.warn(`${code}: ${message}`);
  terminal.data({ failed: { code, message } });
  return 2;
}
