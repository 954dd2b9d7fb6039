/** The thread that writes: takes groups off its port, stores each in one transaction, and answers when it is on the disk. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { sqliteError } from './failure.ts';
import { answerOf } from './group-answer.ts';
import { type Frame, groupOf } from './group-frame.ts';
import { GroupFailed, GroupWriter } from './group-writer.ts';
import { prepareForWriting } from './schema.ts';

export interface WorkerOrder {
  readonly file: string;
  readonly pagesMax: number | null;
}

/** What the connection that writes was set to, read back. */
export interface Durability {
  readonly journalMode: unknown;
  readonly synchronous: unknown;
  readonly pageSize: unknown;
  readonly autocheckpoint: unknown;
}

export type WorkerNews =
  | { readonly is: 'ready'; readonly durability: Durability }
  | {
      readonly is: 'stored';
      readonly answer: Float64Array<ArrayBuffer>;
      readonly workMs: number;
      readonly diskMs: number;
    }
  /** With the code of SQLite; a defect has none and its message instead. */
  | { readonly is: 'failed'; readonly code: string | null; readonly message: string; readonly committing: boolean };

const { file, pagesMax } = workerData as WorkerOrder;
const connection = new Database(file, { fileMustExist: true, timeout: 5000 });
prepareForWriting(connection);
if (pagesMax !== null) connection.pragma(`max_page_count = ${pagesMax}`);
const writer = new GroupWriter(connection);

parentPort?.on('message', (frame: Frame | 'close') => {
  if (frame === 'close') {
    connection.close();
    parentPort?.close();
    return;
  }
  const news = written(frame);
  parentPort?.postMessage(news, news.is === 'stored' ? [news.answer.buffer] : []);
});

const read = (name: string): unknown => connection.pragma(name, { simple: true });
const [journalMode, synchronous] = [read('journal_mode'), read('synchronous')];
const durability = {
  journalMode,
  synchronous,
  pageSize: read('page_size'),
  autocheckpoint: read('wal_autocheckpoint'),
};
parentPort?.postMessage({ is: 'ready', durability } satisfies WorkerNews);

function written(frame: Frame): WorkerNews {
  try {
    const { told, workMs, diskMs } = writer.write(groupOf(frame));
    return { is: 'stored', answer: answerOf(told), workMs, diskMs };
  } catch (error) {
    const committing = error instanceof GroupFailed && error.committing;
    const cause = error instanceof GroupFailed ? error.cause : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    return { is: 'failed', code: sqliteError(cause) ?? null, message, committing };
  }
}
