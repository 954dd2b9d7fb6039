/** What a unit takes along into the field: work that it took while it had a network, durable, until it is done. */
import { utf8 } from '#libs/kernel/bytes.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import type { Work } from './work.ts';

interface Held {
  readonly work: Work;
  readonly isDone: boolean;
}

export class Satchel {
  readonly #file: string;
  #held: readonly Held[];

  /** One file of this unit alone. */
  constructor(file: string) {
    this.#file = file;
    const kept = readWhole(file);
    this.#held = kept === null ? [] : (JSON.parse(Buffer.from(kept).toString('utf8')) as Held[]); // our own file
  }

  /** In the order in which it was taken. */
  get open(): readonly Work[] {
    return this.#held.filter(({ isDone }) => !isDone).map(({ work }) => work);
  }

  holds(work: Work): boolean {
    return this.#held.some((one) => isSame(one.work, work));
  }

  isDone(work: Work): boolean {
    return this.#held.some((one) => one.isDone && isSame(one.work, work));
  }

  take(work: Work): void {
    if (!this.holds(work)) this.#keep([...this.#held, { work, isDone: false }]);
  }

  finish(work: Work): void {
    this.#keep(this.#held.map((one) => (isSame(one.work, work) ? { ...one, isDone: true } : one)));
  }

  /** What is done and no longer asked for is forgotten; what is still to do and was taken away again too. */
  keepOnly(asked: readonly Work[]): void {
    const left = this.#held.filter((one) => asked.some((work) => isSame(one.work, work)));
    if (left.length < this.#held.length) this.#keep(left);
  }

  #keep(next: readonly Held[]): void {
    replaceWhole(this.#file, utf8(JSON.stringify(next)));
    this.#held = next;
  }
}

function isSame(a: Work, b: Work): boolean {
  return a.order.id === b.order.id && a.serial === b.serial;
}
