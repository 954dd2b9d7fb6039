/** Makes the words of events searchable, behind the views: at once for what is new, piece by piece where much is owed. */
import type { ViewStore } from '#libs/views/view-store.ts';

/** Few enough that nobody else of this process waits for long. */
const AT_ONCE = 500;
const PAUSE_MS = 5;

export class Words {
  readonly #store: ViewStore;
  readonly #signal: AbortSignal;
  #isFollowing = false;

  constructor(store: ViewStore, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  /** That many further ones now, so that who is up to date with the views stays so; the rest by and by. */
  async next(events: number): Promise<void> {
    const owed = await this.#store.gatherWords(events);
    if (owed > 0 && !this.#isFollowing) void this.#follow().catch(() => undefined); // a broken file shows to whoever follows the log
  }

  async #follow(): Promise<void> {
    this.#isFollowing = true;
    const pause = (): Promise<void> => new Promise((go) => setTimeout(go, PAUSE_MS));
    for (await pause(); !this.#signal.aborted; await pause()) if ((await this.#store.gatherWords(AT_ONCE)) === 0) break;
    while (!this.#signal.aborted && (await this.#store.tidyWords?.()) === true) await pause();
    this.#isFollowing = false;
  }
}
