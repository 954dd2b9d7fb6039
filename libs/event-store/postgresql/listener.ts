/** How a process hears of what others appended: the server's notice as a hint, and a look every second for what it missed. */
import type { PostgresAddress } from './address.ts';
import { Link } from './link.ts';
import { CHANNEL } from './schema.ts';

const LOOK_EVERY_MS = 1000;
const LISTEN_MS = 5000;

export class Listener {
  readonly #link: Link;
  readonly #ring: () => void;
  #subscriptions = 0;
  #timer: NodeJS.Timeout | null = null;
  #connecting = false;

  constructor(address: PostgresAddress, ring: () => void) {
    this.#ring = ring;
    this.#link = new Link(address, { purpose: 'listens', first: [`LISTEN ${CHANNEL}`], told: ring });
  }

  /** Listens as long as anybody follows. */
  async *listening<T>(deliveries: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    this.#subscriptions += 1;
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#listen();
    try {
      yield* deliveries;
    } finally {
      this.#subscriptions -= 1;
      if (this.#subscriptions === 0) this.#stop();
    }
  }

  async close(timeoutMs: number): Promise<void> {
    this.#stop();
    await this.#link.close(timeoutMs);
  }

  #look(): void {
    this.#listen();
    this.#ring();
  }

  /** A question now and then, so that a connection that only seems to stand is found and made anew. */
  #listen(): void {
    if (this.#connecting) return;
    this.#connecting = true;
    void this.#link
      .ask({ text: 'SELECT 1' }, LISTEN_MS)
      .catch(() => undefined) // the next look tries again, and finds without it what was stored
      .finally(() => (this.#connecting = false));
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
