/** Pages given one by one: a generator that yields each row itself costs three turns of the loop a row, this one none but the reader's own. */

export class Each<T> implements AsyncIterableIterator<T> {
  readonly #pages: AsyncGenerator<readonly T[], void, undefined>;
  #page: readonly T[] = [];
  #at = 0;
  /** The turn of a page that is being read: whoever asks meanwhile waits behind it. */
  #turn: Promise<unknown> | null = null;

  constructor(pages: AsyncGenerator<readonly T[], void, undefined>) {
    this.#pages = pages;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#turn === null && this.#at < this.#page.length) return this.#given();
    const turn = (this.#turn ?? Promise.resolve()).then(() => this.#turned());
    const over = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turn === over) this.#turn = null;
      });
    this.#turn = over;
    return turn;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#page = [];
    this.#at = 0;
    await this.#pages.return();
    return { done: true, value: undefined };
  }

  #given(): Promise<IteratorResult<T, undefined>> {
    const value = this.#page[this.#at] as T;
    this.#at += 1;
    return Promise.resolve({ done: false, value });
  }

  async #turned(): Promise<IteratorResult<T, undefined>> {
    while (this.#at >= this.#page.length) {
      const { done, value } = await this.#pages.next();
      if (done === true) return { done, value: undefined };
      this.#page = value;
      this.#at = 0;
    }
    return this.#given();
  }
}
