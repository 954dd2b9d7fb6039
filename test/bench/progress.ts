/** A bar for whoever watches a terminal; a line at each tenth for a file. Both on the error stream, beside the results. */
const WIDTH = 30;

export class Progress {
  readonly #what: string;
  readonly #whole: number;
  readonly #from = performance.now();
  #tenth = 0;

  constructor(what: string, whole: number) {
    this.#what = what;
    this.#whole = whole;
  }

  at(count: number): void {
    const share = Math.min(count / this.#whole, 1);
    const left = share === 0 ? NaN : ((performance.now() - this.#from) / 1000) * (1 / share - 1);
    const said = `${this.#what} ${(share * 100).toFixed(0)} %, ${Number.isNaN(left) ? '?' : left.toFixed(0)} s left`;
    if (process.stderr.isTTY) {
      const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
      process.stderr.write(`\r  ${bar} ${said}   `);
    } else if (Math.floor(share * 10) > this.#tenth) {
      this.#tenth = Math.floor(share * 10);
      process.stderr.write(`  ${said}\n`);
    }
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
