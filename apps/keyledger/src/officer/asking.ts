/** Asks the person at the keyboard; nothing is shown as it is typed. From a pipe, one line an answer. */
import { type Interface, createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Terminal } from '../terminal.ts';

export type Asks = (what: string) => Promise<string>;

const NOWHERE = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Answers must come in the order of the questions. `done` lets the process end. */
export function asking(terminal: Terminal): { readonly asks: Asks; readonly done: () => void } {
  let reader: Interface | null = null;
  let lines: AsyncIterator<string> | null = null;
  const asks: Asks = async (what) => {
    terminal.warn(what);
    reader ??= createInterface({ input: process.stdin, output: NOWHERE, terminal: process.stdin.isTTY });
    lines ??= reader[Symbol.asyncIterator]();
    const answer = await lines.next();
    return answer.done === true ? '' : answer.value;
  };
  return { asks, done: () => reader?.close() };
}
