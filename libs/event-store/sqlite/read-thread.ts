/** The thread that reads ahead: asked for a page, it reads it, holds each row against its entry, and hands over what holds. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { sameFile } from './file-mark.ts';
import { pageFrameOf } from './page-frame.ts';
import { WholeRows } from './whole-rows.ts';

export interface ReadOrder {
  readonly file: string;
  /** What `fileMark` said of the file when the caller opened it. */
  readonly mark: string;
}

const { file, mark } = workerData as ReadOrder;
const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
connection.pragma('trusted_schema = OFF');
const rows = new WholeRows(connection);
if (sameFile(file, mark)) {
  parentPort?.on('message', (from: number) => {
    const frame = pageFrameOf(from, rows.from(from));
    parentPort?.postMessage(frame, [frame.numbers.buffer, frame.entries.buffer]);
  });
  parentPort?.postMessage('ready');
}
