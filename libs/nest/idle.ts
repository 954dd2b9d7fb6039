/** An iterable that says `idle` whenever its source has nothing at hand, so that whoever collects knows when to give. */
export class Idle<T> {
  readonly #source: AsyncIterable<T>;

  constructor(source: AsyncIterable<T>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T | 'idle', void, undefined> {
    const iterator = this.#source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = iterator.next();
        const first = await Promise.race([next, turn()]);
        if (first === 'idle') yield 'idle';
        const result = first === 'idle' ? await next : first;
        if (result.done === true) return;
        yield result.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}

/** The end of this turn of the event loop: a source that has something at hand answers before. */
function turn(): Promise<'idle'> {
  return new Promise((resolve) => setImmediate(() => resolve('idle')));
}
