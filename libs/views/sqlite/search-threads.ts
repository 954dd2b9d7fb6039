/** Threads that search in a view database beside everything else, so that nobody waits for whoever asks for much. */
import { Worker } from 'node:worker_threads';
import type { SearchAnswer, SearchOrder } from './search-thread.ts';
import type { Walk } from './walk.ts';

/** A second core's worth; each walks for many in turn. */
const THREADS = 2;
/** Under way at once; whoever comes then is told so at once. */
const SEARCHES_MAX = 200;
/** A thread that is inside one step answers so much later at most; then its asker is told without it. */
const GRACE_MS = 250;
const QUIET = ['--disable-warning=ExperimentalWarning'];

/** As GraphQL tells it: what was asked, and not what broke. */
export class SearchTooSlow extends Error {
  override readonly name = 'SearchTooSlow';
  readonly extensions = { code: 'QUESTION_TOO_SLOW' };
}

interface Waiting {
  readonly found: (rows: readonly unknown[]) => void;
  readonly failed: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

export class SearchThreads {
  readonly #file: string;
  readonly #limitMs: number;
  readonly #threads = new Set<Thread>();
  #ids = 0;

  constructor(file: string, limitMs: number) {
    this.#file = file;
    this.#limitMs = limitMs;
  }

  /** Rejects SearchTooSlow when the time is over, and what SQLite says of its file. */
  find(walk: Walk): Promise<readonly unknown[]> {
    const thread = this.#leastBusy();
    if (thread.waiting.size >= SEARCHES_MAX / THREADS)
      return Promise.reject(new SearchTooSlow('Too much is searched for at once; ask again in a moment.'));
    const id = (this.#ids += 1);
    const limitMs = this.#limitMs;
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(timer);
        thread.waiting.delete(id);
      };
      const failed = (error: Error): void => {
        settled();
        reject(error);
      };
      const found = (rows: readonly unknown[]): void => {
        settled();
        resolve(rows);
      };
      const timer = setTimeout(() => failed(tooSlow()), limitMs + GRACE_MS);
      thread.waiting.set(id, { found, failed });
      thread.worker.postMessage({ id, walk, limitMs } satisfies SearchOrder);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  /** Started when somebody searches for the first time. */
  #leastBusy(): Thread {
    const [first, ...others] = [...this.#threads].sort((a, b) => a.waiting.size - b.waiting.size);
    if (first === undefined || (first.waiting.size > 0 && others.length + 1 < THREADS)) return this.#started();
    return first;
  }

  #started(): Thread {
    const url = new URL('./search-thread.ts', import.meta.url);
    const worker = new Worker(url, { workerData: { file: this.#file }, execArgv: QUIET });
    const thread: Thread = { worker, waiting: new Map() };
    this.#threads.add(thread);
    worker.on('message', (it: SearchAnswer) => heard(thread, it));
    const fall = (error: Error): void => {
      this.#threads.delete(thread);
      for (const one of [...thread.waiting.values()]) one.failed(error);
    };
    worker.on('error', (error) => fall(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => fall(new Error('the thread that searches ended')));
    worker.unref(); // an open view alone keeps no process alive
    return thread;
  }
}

/** Of somebody who was told already nothing waits any more. */
function heard({ waiting }: Thread, it: SearchAnswer): void {
  const one = waiting.get(it.id);
  if (it.is === 'found') one?.found(it.rows);
  else one?.failed(it.is === 'too slow' ? tooSlow() : Object.assign(new Error(it.message), { code: it.code }));
}

function tooSlow(): SearchTooSlow {
  return new SearchTooSlow('The search took too long; narrow it by time or by one thing more.');
}
