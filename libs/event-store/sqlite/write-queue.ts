/** The caller's side of the thread that writes: gathers what waits into groups, keeps two on their way, and answers each caller. */
import { Worker } from 'node:worker_threads';
import type { AdmittedRequest } from '../admission.ts';
import { AppendQueue, type Waiting } from '../append-queue.ts';
import { type Appended, type Call, EventStoreError } from '../event-store.ts';
import type { Durability, WorkerNews, WorkerOrder } from './append-worker.ts';
import { asEventStoreError } from './failure.ts';
import { appendedOf } from './group-answer.ts';
import { frameOf } from './group-frame.ts';

interface Pace {
  /** Appends of one group at most. */
  readonly groupMax: number;
  /** Groups on their way at most. */
  readonly groupsMax: number;
}

/** A quick disk: while the thread commits one group the next is framed, and both cores work. */
const SIDE_BY_SIDE: Pace = { groupMax: 128, groupsMax: 2 };
/** A slow one: what counts is how many share one wait for it, so everybody who waits is taken along. */
const TOGETHER: Pace = { groupMax: 1024, groupsMax: 1 };
const EVENTS_MAX = 2000;

export class WriteQueue {
  readonly #file: string;
  readonly #worker: Worker;
  readonly #committed: () => void;
  readonly #queue = new AppendQueue();
  readonly #sent: (readonly Waiting[])[] = [];
  readonly #ready = Promise.withResolvers<Durability>();
  readonly #gone = Promise.withResolvers<undefined>();
  #drained = Promise.withResolvers<undefined>();
  #pace = SIDE_BY_SIDE;
  #scheduled = false;
  #broken: EventStoreError | null = null;

  constructor(order: WorkerOrder, committed: () => void) {
    this.#file = order.file;
    this.#committed = committed;
    this.#worker = new Worker(new URL('./append-worker.ts', import.meta.url), { workerData: order, execArgv: QUIET });
    this.#worker.on('message', (news: WorkerNews) => this.#hear(news));
    this.#worker.on('error', (error) => this.#fall(error));
    this.#worker.on('exit', () => this.#fall(new Error('the thread that writes ended')));
    this.#ready.promise.catch(() => undefined);
  }

  /** Answers when the thread stands. Throws what kept it from opening the file. */
  async ready(): Promise<Durability> {
    const durability = await this.#ready.promise;
    this.#worker.unref(); // an open store alone keeps no process alive
    return durability;
  }

  add(requests: readonly AdmittedRequest[], call: Call): Promise<readonly Appended[]> {
    const answer = this.#queue.add(requests, call);
    this.#schedule();
    return answer;
  }

  #schedule(): void {
    if (this.#scheduled || this.#sent.length >= this.#pace.groupsMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  /** Answers when all that waited is answered and the thread has closed its file. */
  async close(): Promise<void> {
    while (this.#broken === null && (this.#queue.waits || this.#sent.length > 0)) await this.#drained.promise;
    this.#worker.ref();
    this.#worker.postMessage('close');
    await this.#gone.promise;
  }

  #send(): void {
    while (this.#queue.waits && this.#sent.length < this.#pace.groupsMax) {
      const group = this.#queue.take(this.#pace.groupMax, EVENTS_MAX);
      if (this.#broken !== null) for (const { reject } of group) reject(this.#broken);
      else if (group.length > 0) this.#post(group);
    }
    if (this.#sent.length === 0 && !this.#queue.waits) this.#rest();
  }

  #post(group: readonly Waiting[]): void {
    const frame = frameOf(group.map(({ requests }) => requests));
    if (this.#sent.push(group) === 1) this.#worker.ref();
    this.#worker.postMessage(frame, [frame.numbers.buffer]);
  }

  #rest(): void {
    this.#worker.unref();
    this.#drained.resolve(undefined);
    this.#drained = Promise.withResolvers<undefined>();
  }

  #hear(news: WorkerNews): void {
    if (news.is === 'ready') return this.#ready.resolve(news.durability);
    const group = this.#sent.shift() ?? [];
    if (news.is === 'stored') this.#pace = news.diskMs > news.workMs ? TOGETHER : SIDE_BY_SIDE;
    if (this.#pace === SIDE_BY_SIDE) this.#send(); // the thread works on while the callers hear
    if (news.is === 'failed') {
      const reason = this.#reasonOf(news);
      for (const { reject } of group) reject(reason);
    } else {
      const answers = appendedOf(
        news.answer,
        group.map(({ requests }) => requests),
      );
      for (const [at, { resolve, reject }] of group.entries()) {
        const answer = answers[at] ?? new EventStoreError('OutcomeUnknown', 'The engine did not answer.');
        if (answer instanceof EventStoreError) reject(answer);
        else resolve(answer);
      }
      this.#committed();
    }
    if (this.#sent.length === 0 && !this.#queue.waits) this.#rest();
    else this.#schedule(); // what the callers ask for now goes along
  }

  /** After a failed fsync nobody knows what the disk holds: the outcome is unknown and the store must be opened anew. */
  #reasonOf({ code, message, committing }: WorkerNews & { is: 'failed' }): unknown {
    const cause = Object.assign(new Error(message), code === null ? {} : { code });
    if (!committing || code?.startsWith('SQLITE_IOERR') !== true) return asEventStoreError(cause, this.#file);
    this.#broken = new EventStoreError(
      'Unavailable',
      'The disk failed while events were stored; restart to read what it holds.',
    );
    return new EventStoreError(
      'OutcomeUnknown',
      'The disk failed while this was stored; repeat the same request after a restart.',
      { cause },
    );
  }

  /** The thread is gone: what it had is stored or not, and nothing more can be. */
  #fall(cause: unknown): void {
    this.#ready.reject(asEventStoreError(cause, this.#file));
    this.#broken ??= new EventStoreError('Unavailable', 'The thread that writes ended; restart to go on.', { cause });
    const unknown = new EventStoreError(
      'OutcomeUnknown',
      'The thread that writes ended while this was stored; repeat the same request after a restart.',
      { cause },
    );
    for (const group of this.#sent.splice(0)) for (const { reject } of group) reject(unknown);
    this.#send();
    this.#gone.resolve(undefined);
  }
}

/** The thread runs from the same sources, without what the caller's process was started with. */
const QUIET = ['--disable-warning=ExperimentalWarning'];
