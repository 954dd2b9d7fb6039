/**
 * A view database that is made: by its caller alone while the log is short, then by a thread, so that the caller reads and
 * folds the next events meanwhile, and is there for others while the indexes are made.
 */
import { Worker } from 'node:worker_threads';
import type { Changes, Wanted } from '../fold.ts';
import type { Row, View } from '../view.ts';
import type { NewViewStore, Progress } from '../view-store.ts';
import type { BuildAnswer, BuildOrder } from './build-thread.ts';
import { cellsFrameOf } from './cells-frame.ts';
import { ViewFile } from './view-file.ts';

/** Events that the caller writes alone: for fewer a thread is not worth its start. */
const ALONE = 20_000;
/** Batches on their way to the thread, the one that it writes among them. */
const BATCHES_MAX = 4;
const QUIET = ['--disable-warning=ExperimentalWarning'];

export class BuildingFile implements NewViewStore {
  readonly #file: string;
  readonly #alone: number;
  #own: ViewFile | null;
  #thread: BuildThread | null = null;

  constructor(file: string, alone = ALONE) {
    this.#file = file;
    this.#alone = alone;
    this.#own = ViewFile.found(file);
  }

  /** Whether a thread writes by now. */
  get isHandedOver(): boolean {
    return this.#own === null && this.#thread !== null;
  }

  async progress(log: string): Promise<Progress | null> {
    return this.#owned().progress(log);
  }

  async load(view: View, wanted: Wanted): Promise<readonly Row[]> {
    if (this.#own !== null) return this.#own.load(view, wanted);
    if (wanted.keys.length + wanted.groups.length === 0) return [];
    const { name, key, columns } = view;
    return this.#handed().ask({ is: 'load', view: { name, key, columns }, wanted });
  }

  /** Answers when there is room for another batch; what fails then is told by the next question, at the latest by `finish`. */
  async write(log: string, changes: readonly Changes[], progress: Progress): Promise<void> {
    if (this.#own === null) return this.#handed().write(log, changes, progress);
    await this.#own.write(log, changes, progress);
    if (progress.events < this.#alone) return;
    this.#thread ??= new BuildThread(this.#file);
    if (!this.#thread.stands) return;
    const own = this.#own;
    this.#own = null;
    await own.close();
    await this.#thread.ask({ is: 'open' });
  }

  async gatherWords(events: number): Promise<number> {
    return this.#owned().gatherWords(events);
  }

  async finish(): Promise<void> {
    if (this.#own !== null) return this.#own.finish();
    await this.#handed().finish();
  }

  async close(): Promise<void> {
    const [own, thread] = [this.#own, this.#thread];
    [this.#own, this.#thread] = [null, null];
    await own?.close();
    await thread?.close();
  }

  #owned(): ViewFile {
    if (this.#own === null) throw new Error('While a thread makes the views nobody else reads them.');
    return this.#own;
  }

  #handed(): BuildThread {
    if (this.#thread === null) throw new Error('The views that were made are closed.');
    return this.#thread;
  }
}

class BuildThread {
  readonly #worker: Worker;
  readonly #asked: PromiseWithResolvers<readonly Row[]>[] = [];
  readonly #writes: Promise<unknown>[] = [];
  #stands = false;
  #fallen: Error | null = null;

  constructor(file: string) {
    const url = new URL('./build-thread.ts', import.meta.url);
    this.#worker = new Worker(url, { workerData: { file }, execArgv: QUIET });
    this.#worker.on('message', (it: BuildAnswer) => this.#hear(it));
    this.#worker.on('error', (error) => this.#fall(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#fall(new Error('the thread that makes the views ended')));
  }

  get stands(): boolean {
    return this.#stands;
  }

  /** Rejects what SQLite says, and once the thread is gone. */
  ask(order: BuildOrder): Promise<readonly Row[]> {
    if (this.#fallen !== null) return Promise.reject(this.#fallen);
    const asked = Promise.withResolvers<readonly Row[]>();
    this.#asked.push(asked);
    const frames = order.is === 'write' ? order.frames : [];
    this.#worker.postMessage(
      order,
      frames.map(({ numbers }) => numbers.buffer),
    );
    return asked.promise;
  }

  async write(log: string, changes: readonly Changes[], progress: Progress): Promise<void> {
    const writing = this.ask({ is: 'write', log, frames: changes.map(cellsFrameOf), progress });
    writing.catch(() => undefined); // told to whoever waits for room, or for the end
    this.#writes.push(writing);
    if (this.#writes.length >= BATCHES_MAX) await this.#writes.shift();
  }

  async finish(): Promise<void> {
    await Promise.all(this.#writes);
    await this.ask({ is: 'finish' });
  }

  /** Answers when the thread has ended and its file is closed. */
  async close(): Promise<void> {
    if (this.#fallen === null) await this.ask({ is: 'close' }).catch(() => undefined);
    await this.#worker.terminate();
  }

  #hear(it: BuildAnswer): void {
    if (it.is === 'ready') {
      this.#stands = true;
      return;
    }
    const asked = this.#asked.shift();
    if (it.is === 'done') asked?.resolve(it.rows);
    else asked?.reject(Object.assign(new Error(it.message), { code: it.code }));
  }

  #fall(error: Error): void {
    this.#fallen ??= error;
    for (const { reject } of this.#asked.splice(0)) reject(this.#fallen);
  }
}
