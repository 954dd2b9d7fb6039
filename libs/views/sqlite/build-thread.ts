/** The thread that writes a view database while it is made: takes orders off its port and answers each in its turn. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Wanted } from '../fold.ts';
import type { Row } from '../view.ts';
import type { Progress } from '../view-store.ts';
import { type CellsFrame, cellsIn } from './cells-frame.ts';
import { type Table, ViewRows } from './view-rows.ts';
import { makeWhole, quicken } from './view-tables.ts';

export type BuildOrder =
  | { readonly is: 'open' | 'finish' | 'close' }
  | { readonly is: 'write'; readonly log: string; readonly frames: readonly CellsFrame[]; readonly progress: Progress }
  | { readonly is: 'load'; readonly view: Table; readonly wanted: Wanted };

export type BuildAnswer =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly rows: readonly Row[] }
  /** As SQLite says it. */
  | { readonly is: 'failed'; readonly code: string; readonly message: string };

const { file } = workerData as { readonly file: string };
let opened: { readonly connection: Database.Database; readonly rows: ViewRows } | null = null;

parentPort?.on('message', (order: BuildOrder) => {
  answer(answered(order));
  if (order.is === 'close') parentPort?.close();
});
answer({ is: 'ready' });

function answered(order: BuildOrder): BuildAnswer {
  try {
    return { is: 'done', rows: obeyed(order) };
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    return { is: 'failed', code: typeof code === 'string' ? code : '', message: String(message) };
  }
}

function obeyed(order: BuildOrder): readonly Row[] {
  if (order.is === 'close') opened?.connection.close();
  if (order.is === 'close') return [];
  const { connection, rows } = (opened ??= open());
  if (order.is === 'load') return rows.load(order.view, order.wanted);
  if (order.is === 'write') rows.write(order.log, order.frames.map(cellsIn), order.progress);
  if (order.is === 'finish') makeWhole(connection);
  return [];
}

/** When the caller has closed it: whoever makes the file is alone in it. */
function open(): { readonly connection: Database.Database; readonly rows: ViewRows } {
  const connection = new Database(file, { fileMustExist: true });
  quicken(connection);
  return { connection, rows: new ViewRows(connection) };
}

function answer(it: BuildAnswer): void {
  parentPort?.postMessage(it);
}
