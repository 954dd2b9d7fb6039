/** How a process hears of what others appended: a subscription as a hint, and a look every second for what it missed. */
import type { AllStreamSubscription } from '@kurrent/kurrentdb-client';
import type { KurrentLink } from './link.ts';

const [LOOK_EVERY_MS, RECONNECT_MS] = [1000, 500];

export class KurrentListener {
  readonly #link: KurrentLink;
  readonly #ring: () => void;
  #subscriptions = 0;
  #timer: NodeJS.Timeout | null = null;
  #reconnect: NodeJS.Timeout | null = null;
  #hint: AllStreamSubscription | null = null;

  constructor(link: KurrentLink, ring: () => void) {
    this.#link = link;
    this.#ring = ring;
  }

  /** Listens as long as anybody follows. */
  async *listening<T>(deliveries: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    this.#subscriptions += 1;
    this.#timer ??= setInterval(this.#ring, LOOK_EVERY_MS);
    this.#listen();
    try {
      yield* deliveries;
    } finally {
      this.#subscriptions -= 1;
      if (this.#subscriptions === 0) this.stop();
    }
  }

  stop(): void {
    for (const timer of [this.#timer, this.#reconnect]) if (timer !== null) clearTimeout(timer);
    [this.#timer, this.#reconnect] = [null, null];
    const hint = this.#hint;
    this.#hint = null;
    if (hint !== null) void hint.unsubscribe().catch(() => undefined); // it never came to stand
  }

  /** The driver's subscriptions end with their connection and never come back by themselves. */
  #listen(): void {
    if (this.#hint !== null || this.#subscriptions === 0) return;
    const filter = {
      filterOn: 'streamName' as const,
      prefixes: [`${this.#link.place.log}:`],
      checkpointInterval: 1000,
    };
    const gone = (): void => {
      if (this.#hint !== hint) return;
      this.#hint = null;
      this.#reconnect = setTimeout(() => this.#listen(), RECONNECT_MS);
    };
    let hint: AllStreamSubscription | null = null;
    try {
      hint = this.#link.client.subscribeToAll({ fromPosition: 'end', filter });
    } catch {
      return; // the look of every second finds what there is
    }
    this.#hint = hint;
    hint.on('data', this.#ring).on('error', gone).on('end', gone).on('close', gone);
  }
}
