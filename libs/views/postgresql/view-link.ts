/** A wire to the server of the views: what breaks it is no fault of the views, and is said as that. */
import { type PostgresAddress, shownAddress } from '#libs/event-store/postgresql/address.ts';
import { endsTheWire, sqlState } from '#libs/event-store/postgresql/failure.ts';
import { Link, type LinkOptions, type Question } from '#libs/event-store/postgresql/link.ts';
import { ViewsAway } from '../view-store.ts';

export type Ask = <Row extends object>(question: Question) => Promise<readonly Row[]>;

/** Longest that one statement of a rebuild may take: an index over all events. */
const ASK_MS = 600_000;
const CLOSE_MS = 2000;

export class ViewLink {
  readonly #address: PostgresAddress;
  readonly #link: Link;
  #last: Promise<unknown> = Promise.resolve();

  constructor(address: PostgresAddress, options: LinkOptions) {
    this.#address = address;
    this.#link = new Link(address, options);
  }

  get busy(): number {
    return this.#link.busy;
  }

  /** Throws ViewsAway, or the server's own error. */
  async ask<Row extends object>(question: Question, timeoutMs = ASK_MS): Promise<readonly Row[]> {
    try {
      return await this.#link.ask<Row>(question, timeoutMs);
    } catch (error) {
      throw endsTheWire(error) || sqlState(error) === undefined ? away(this.#address, error) : error;
    }
  }

  /** All or nothing, one after the other. */
  together<T>(run: (ask: Ask) => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => this.#together(run));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #together<T>(run: (ask: Ask) => Promise<T>): Promise<T> {
    const ask: Ask = (question) => this.ask(question);
    await ask({ text: 'BEGIN' });
    try {
      const done = await run(ask);
      await ask({ text: 'COMMIT' });
      return done;
    } catch (error) {
      if (error instanceof ViewsAway) this.#link.cut();
      else await ask({ text: 'ROLLBACK' }).catch(() => this.#link.cut());
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#link.close(CLOSE_MS);
  }
}

export function away(address: PostgresAddress, cause: unknown): ViewsAway {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  return new ViewsAway(`The view database at ${shownAddress(address)} does not answer${why}.`, { cause });
}
