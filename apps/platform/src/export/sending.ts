/**
 * One export on its way: the reader sets the pace. No page is read before the one before was taken, so it holds a page and
 * a chunk, whatever the reader does; who does not read for a while is cut off, with a sentence that says how to go on.
 */
import type { ServerResponse } from 'node:http';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Position } from '#libs/kernel/event.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type SiemFormat, cutOffLine, headOf, lineOf } from '#libs/siem/formats.ts';
import type { Trail } from './trail.ts';

/** Characters written at once; what the socket has not taken of them is all that waits in memory beside one page. */
const CHUNK = 65_536;
/** After the sentence the reader has this long to take what was written before. */
const GRACE_MS = 5000;
/** A page that could not be read is tried again this often. */
const TRIES_MAX = 10;
const RETRY_MS = 500;

export interface Sending {
  readonly format: SiemFormat;
  /** Identity of the log. */
  readonly log: string;
  readonly trail: Trail;
  /** The last event of it; null goes on with what comes. */
  readonly until: Position | null;
  /** Position of the newest event that is known of; null before the first. */
  readonly head: () => Position | null;
  /** Milliseconds for which a reader may not read. */
  readonly readerMs: number;
  readonly clock: Clock;
  /** Why it may not go on; null while it may. */
  readonly ended: () => Refusal | null;
  /** Answers when something stands behind what was seen, when it may not go on, or after a while. */
  readonly news: (seen: Position | null) => Promise<void>;
}

const SLOW = refuse(
  'READER_TOO_SLOW',
  'Nothing was read for too long, so this export was cut off; go on behind the last position that you have.',
);
const UNREADABLE = refuse(
  'EXPORT_UNREADABLE',
  'The trail could not be read on, so this export was cut off; go on behind the last position that you have.',
);

/** Ends when all is sent, the reader is gone, or it was cut off. `first` is the page that was read already. */
export async function send(
  out: ServerResponse,
  it: Sending,
  first: Awaited<ReturnType<Trail['read']>> & object,
): Promise<void> {
  let [page, last]: [typeof first, Position | null] = [first, null];
  let text = headOf(it.format);
  let seen: Position | null = null;
  while (!out.destroyed) {
    const events = isRefusal(page) ? [] : page;
    for (const event of events) {
      if (it.until !== null && event.position > it.until) break;
      text += lineOf(it.format, event, it.log);
      last = event.position;
      if (text.length < CHUNK) continue;
      if (!(await passed(text))) return;
      text = '';
    }
    if (text !== '' && !(await passed(text))) return;
    text = '';
    const over = isRefusal(page) ? UNREADABLE : it.ended();
    if (over !== null) return cutOff(out, it, { last, over });
    const isAtEnd = it.until !== null && (events.length === 0 || (events.at(-1)?.position ?? '') >= it.until);
    if (isAtEnd) return void out.end();
    if (events.length === 0) await it.news(seen);
    else await new Promise(setImmediate); // others first
    seen = it.head();
    page = await readOn(it, seen);
  }

  async function passed(chunk: string): Promise<boolean> {
    const how = await taken(out, chunk, it.readerMs);
    if (how === 'slow') cutOff(out, it, { last, over: SLOW });
    return how === 'taken';
  }
}

/** Views that are made anew just now are waited for. */
async function readOn({ trail, ended }: Sending, seen: Position | null): Promise<Awaited<ReturnType<Trail['read']>>> {
  for (let tries = 0; tries < TRIES_MAX && ended() === null; tries += 1)
    try {
      return await trail.read(seen);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  return ended() === null ? UNREADABLE : [];
}

function taken(out: ServerResponse, chunk: string, withinMs: number): Promise<'taken' | 'slow' | 'gone'> {
  if (out.destroyed) return Promise.resolve('gone');
  if (out.write(chunk)) return Promise.resolve('taken');
  return new Promise((resolve) => {
    const settle = (how: 'taken' | 'slow' | 'gone'): void => {
      clearTimeout(timer);
      out.off('drain', drained).off('close', gone);
      resolve(how);
    };
    const [drained, gone] = [() => settle('taken'), () => settle('gone')];
    const timer = setTimeout(() => settle('slow'), withinMs);
    out.on('drain', drained).on('close', gone);
  });
}

/** The sentence is the last line; whoever does not come to read it is hung up on. */
function cutOff(out: ServerResponse, it: Sending, { last, over }: { last: Position | null; over: Refusal }): void {
  if (out.destroyed) return;
  const { code, message } = over;
  const line = { position: last ?? ('' as Position), id: uuidv7(), at: it.clock.rfc3339(), code, message };
  out.end(cutOffLine(it.format, line, it.log));
  const timer = setTimeout(() => out.destroy(), GRACE_MS);
  timer.unref();
  out.once('close', () => clearTimeout(timer));
}
