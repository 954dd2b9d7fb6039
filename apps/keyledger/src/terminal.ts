/** The one place that writes to the terminal: plain lines, JSON lines for scripts, and a bar for long work. */

/** Takes text; true when it was taken and more may come, false when nobody reads any more. */
export type Sink = (text: string) => Promise<boolean>;

/** Standard output, as fast as whoever reads it takes it. */
export function standardOutput(): Sink {
  process.stdout.on('error', unlessNobodyReads);
  return (text) => new Promise((resolve) => process.stdout.write(text, (error) => resolve(error == null)));
}

/** Whether a person watches what is told on standard error. */
export function isWatched(): boolean {
  return process.stderr.isTTY;
}

export interface Terminal {
  readonly json: boolean;
  readonly line: (text: string) => void;
  /** One object a line, with `--json`; nothing without. */
  readonly data: (value: object) => void;
  readonly warn: (text: string) => void;
  /** Draws the bar over itself; silent where nobody watches. `total` 0 while it is not known. */
  readonly progress: (what: string, done: number, total: number) => void;
}

const BAR = 30;

/** Whoever reads may stop to read, as `head` does: then there is nobody to tell any more. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

export function terminal(json: boolean): Terminal {
  process.stdout.on('error', unlessNobodyReads);
  let drawn = false;
  const clear = (): void => {
    if (drawn) process.stderr.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    json,
    line: (text) => {
      clear();
      if (!json) process.stdout.write(`${text}\n`);
    },
    data: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    warn: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (what, done, total) => {
      if (!process.stderr.isTTY || json) return;
      const filled = total === 0 ? 0 : Math.round((BAR * Math.min(done, total)) / total);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
      process.stderr.write(`\r\u001b[2K${what} ${bar} ${done}${total === 0 ? '' : ` of ${total}`}`);
      drawn = true;
    },
  };
}
