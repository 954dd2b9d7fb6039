/** The thread that searches: walks for whoever asks, a step for each in turn, and gives up whose time is over. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { preparedOn } from './statements.ts';
import { type Walk, Walker } from './walk.ts';

export interface SearchOrder {
  readonly id: number;
  readonly walk: Walk;
  /** Given up after this many milliseconds. */
  readonly limitMs: number;
}

export type SearchAnswer =
  | { readonly id: number; readonly is: 'found'; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly is: 'too slow' }
  /** As SQLite says it. */
  | { readonly id: number; readonly is: 'failed'; readonly code: string; readonly message: string };

interface Search {
  readonly id: number;
  readonly walker: Walker;
  readonly deadline: number;
  size: number;
}

/** Rows that one step looks at: fewer where they are slow to read, more where most of them are passed by. */
const [STEP_MIN, STEP_MAX] = [1000, 100_000];
const [QUICK_MS, SLOW_MS] = [10, 30];

const { file } = workerData as { readonly file: string };
const connection = new Database(file, { readonly: true, fileMustExist: true });
const prepare = preparedOn(connection);
const searches: Search[] = [];
let isWalking = false;

parentPort?.on('message', ({ id, walk, limitMs }: SearchOrder) => {
  guarded(id, () => {
    const deadline = performance.now() + limitMs;
    searches.push({ id, walker: new Walker(prepare, walk), deadline, size: STEP_MIN });
  });
  if (!isWalking) next();
});

/** One step of whoever waits longest; then those who came in between are heard. */
function next(): void {
  const search = searches.shift();
  isWalking = search !== undefined;
  if (search === undefined) return;
  guarded(search.id, () => walked(search));
  setImmediate(next);
}

function walked(search: Search): void {
  const { id, walker, deadline } = search;
  const from = performance.now();
  if (from > deadline) return answer({ id, is: 'too slow' });
  walker.step(search.size);
  const ms = performance.now() - from;
  if (walker.isDone) return answer({ id, is: 'found', rows: walker.rows });
  if (ms < QUICK_MS) search.size = Math.min(search.size * 2, STEP_MAX);
  if (ms > SLOW_MS) search.size = Math.max(search.size >> 1, STEP_MIN);
  searches.push(search);
}

function guarded(id: number, run: () => void): void {
  try {
    run();
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    answer({ id, is: 'failed', code: typeof code === 'string' ? code : '', message: String(message) });
  }
}

function answer(it: SearchAnswer): void {
  parentPort?.postMessage(it);
}
