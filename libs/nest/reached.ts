/** Who waits until something has come so far: the views, behind a position of the log. */

interface Waiter {
  readonly position: string;
  readonly reached: () => void;
}

export class Reached {
  readonly #waiting = new Set<Waiter>();

  /** It is so far now. */
  tell(position: string): void {
    for (const one of this.#waiting) if (one.position <= position) one.reached();
  }

  /** Answers true when it is told, false after the time-out. */
  wait(position: string, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (seen: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(one);
        resolve(seen);
      };
      const one = { position, reached: () => settle(true) };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#waiting.add(one);
    });
  }
}
