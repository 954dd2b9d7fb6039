/**
 * `keyledger export --format …`: events for a SIEM. It reads beside the platform and asks it nothing; a page of events is in
 * memory before any of it is written, so however slow its reader is, neither log nor platform waits for it.
 */
import { placeFile } from '#apps/platform/src/place-file.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type SiemFormat, headOf, lineOf } from '#libs/siem/formats.ts';
import type { Sink, Terminal } from '../terminal.ts';
import { couldNotRun, eventPlace, withEventFile } from './event-file.ts';

export interface SiemOptions {
  readonly folder: string;
  readonly format: SiemFormat;
  /** Where the lines go. */
  readonly sink: Sink;
  /** Goes on with what comes, until the signal. */
  readonly follow: boolean;
  /** Path of the file that remembers how far it got; null begins at the first event. */
  readonly place: string | null;
  readonly signal: AbortSignal;
  readonly pauseMs?: number;
}

const AT_ONCE = 500;
const PAUSE_MS = 500;

/** 0: all that was there is written, or nobody reads any more. 2: could not run. */
export async function exportToSiem(it: SiemOptions, terminal: Terminal): Promise<0 | 2> {
  const written = await withEventFile(eventPlace(it.folder), (reader) => tell(reader, it));
  if (isRefusal(written)) return couldNotRun(terminal, written);
  terminal.warn(`${written} events written.`);
  return 0;
}

async function tell(reader: LogReader, it: SiemOptions): Promise<number> {
  const log = await reader.identity();
  const place = it.place === null ? null : placeFile(it.place);
  let [after, written] = [(await place?.load(log)) ?? null, 0];
  if (after === null && headOf(it.format) !== '') await it.sink(headOf(it.format));
  while (!it.signal.aborted) {
    const page = await pageOf(reader, after);
    const last = page.at(-1);
    if (last === undefined) {
      if (!it.follow) break;
      await paused(it.pauseMs ?? PAUSE_MS, it.signal);
      continue;
    }
    if (!(await it.sink(page.map((event) => lineOf(it.format, event, log)).join('')))) break;
    after = last.position;
    written += page.length;
    await place?.save(log, after); // behind the write: what was cut off comes again, under the same ids
  }
  return written;
}

async function pageOf(reader: LogReader, after: Position | null): Promise<readonly StoredEvent[]> {
  const page: StoredEvent[] = [];
  for await (const event of reader.readAll({ ...(after === null ? {} : { after }), limit: AT_ONCE })) page.push(event);
  return page;
}

function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
