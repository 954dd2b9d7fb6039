/**
 * Pages of the log read by two: a thread reads and hashes some ahead, and whoever waits for a page that it has in hand reads
 * the next that nobody has. Nobody waits for the thread: where it comes late, its page is read again.
 */
import { Worker } from 'node:worker_threads';
import type { LogRow } from '../log-row.ts';
import { type PageFrame, rowsOf } from './page-frame.ts';
import type { ReadOrder } from './read-thread.ts';
import { ROWS_MAX } from './whole-rows.ts';

/** Pages that the thread was asked for and has not given: one that it reads, one that it finds when it is done. */
const ASKED_MAX = 2;
/** Pages of both that may lie there, read and not taken. */
const AHEAD_MAX = 4;
/** The thread runs from the same sources, without what the caller's process was started with. */
const QUIET = ['--disable-warning=ExperimentalWarning'];

type Page = readonly LogRow[];

export class ReadAhead {
  readonly #worker: Worker;
  readonly #read: (from: number) => Page;
  readonly #asked = new Set<number>();
  readonly #frames = new Map<number, PageFrame>();
  readonly #own = new Map<number, Page>();
  /** From where on nobody reads yet. */
  #free = 0;
  #stands = false;
  #taken = 0;

  /** `read`: how the caller itself reads a page. */
  constructor(order: ReadOrder, read: (from: number) => Page) {
    this.#read = read;
    this.#worker = new Worker(new URL('./read-thread.ts', import.meta.url), { workerData: order, execArgv: QUIET });
    this.#worker.on('message', (news: 'ready' | PageFrame) => this.#hear(news));
    this.#worker.on('error', () => this.#fall()); // the caller goes on alone, and meets there what there is to meet
    this.#worker.on('exit', () => this.#fall());
    this.#worker.unref(); // a reading that nobody goes on with keeps no process alive
  }

  /** The page from a position on, each time the one behind the page before. */
  async page(from: number): Promise<Page> {
    this.#forget(from);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve)); // what the thread says is heard in a turn of the loop
      this.#ask(from);
      const given = this.#given(from);
      if (given !== null) return given;
      if (!this.#asked.has(from) || this.#own.size + this.#frames.size >= AHEAD_MAX) return this.#read(from);
      const next = this.#free;
      this.#free += ROWS_MAX;
      this.#own.set(next, this.#read(next));
    }
  }

  /** Whether the thread is there and hears. */
  get stands(): boolean {
    return this.#stands;
  }

  /** Pages that the thread read and nobody took yet. */
  get lying(): number {
    return this.#frames.size;
  }

  /** Pages that the thread read and the caller took. */
  get given(): number {
    return this.#taken;
  }

  /** Answers when the thread has ended. */
  async close(): Promise<void> {
    this.#fall();
    await this.#worker.terminate();
  }

  #ask(from: number): void {
    if (this.#free <= from) this.#free = from + ROWS_MAX; // nobody has it, so it is read at once
    for (; this.#stands && this.#asked.size < ASKED_MAX && this.#ahead < AHEAD_MAX; this.#free += ROWS_MAX) {
      this.#asked.add(this.#free);
      this.#worker.postMessage(this.#free);
    }
  }

  get #ahead(): number {
    return this.#asked.size + this.#own.size + this.#frames.size;
  }

  #given(from: number): Page | null {
    const frame = this.#frames.get(from);
    if (frame !== undefined) this.#taken += 1;
    const page = frame === undefined ? this.#own.get(from) : rowsOf(frame);
    this.#frames.delete(from);
    this.#own.delete(from);
    return page ?? null;
  }

  /** What came when the caller had read it. */
  #forget(from: number): void {
    for (const known of this.#frames.keys()) if (known < from) this.#frames.delete(known);
  }

  #hear(news: 'ready' | PageFrame): void {
    if (news === 'ready') this.#stands = true;
    else if (this.#asked.delete(news.from)) this.#frames.set(news.from, news);
  }

  #fall(): void {
    this.#stands = false;
    this.#asked.clear();
  }
}
