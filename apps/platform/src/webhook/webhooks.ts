/**
 * Webhooks: whoever should look at an order or a card is told over HTTP. Each endpoint has a follower of its own with a
 * durable place in the log, so none waits for another and nobody waits for any; what was not taken is sent again.
 */
import { join } from 'node:path';
import type { EventStore } from '#libs/event-store/event-store.ts';
import { whileHolding } from '#libs/event-store/holding.ts';
import type { Held, Leases } from '#libs/event-store/leases.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { type Place, follow } from '#libs/reactions/follower.ts';
import type { Board } from '../board.ts';
import { placeFile } from '../place-file.ts';
import { leasedPlace } from '../reacting.ts';
import type { Endpoint } from './endpoints.ts';
import { type Message, TOLD, messageOf, signedHeaders } from './message.ts';

/** An answer is waited for this long; a first new try comes after `firstMs`, each later one twice as late, up to `mostMs`. */
export interface WebhookTimes {
  readonly timeoutMs: number;
  readonly firstMs: number;
  readonly mostMs: number;
}

const WAITING_MAX = 1000;

export const WEBHOOK_TIMES: WebhookTimes = { timeoutMs: 10_000, firstMs: 1000, mostMs: 300_000 };

export interface WebhookParts {
  readonly store: EventStore;
  /** Of several platforms one tells each endpoint; null where there is one. */
  readonly leases: Leases | null;
  readonly board: Board;
  readonly clock: Clock;
  /** Where each follower keeps its place. */
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly times?: WebhookTimes;
}

export interface Webhooks {
  /** Events that an endpoint has not taken yet, over all endpoints; each counted to a thousand. */
  readonly waiting: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts them all. */
export function startWebhooks(endpoints: readonly Endpoint[], parts: WebhookParts): Webhooks {
  const stop = new AbortController();
  const webhooks = endpoints.map((one) => new Webhook(one, parts, stop.signal));
  const running = webhooks.map((one) => one.run());
  return {
    waiting: async () => {
      let waiting = 0;
      for (const one of webhooks) waiting += await one.waiting();
      return waiting;
    },
    stop: async () => {
      stop.abort();
      await Promise.all(running);
    },
  };
}

class Webhook {
  readonly #endpoint: Endpoint;
  readonly #parts: WebhookParts;
  readonly #times: WebhookTimes;
  readonly #signal: AbortSignal;
  #place: Place | null = null;

  constructor(endpoint: Endpoint, parts: WebhookParts, signal: AbortSignal) {
    this.#endpoint = endpoint;
    this.#parts = parts;
    this.#times = parts.times ?? WEBHOOK_TIMES;
    this.#signal = signal;
  }

  async waiting(): Promise<number> {
    const { store } = this.#parts;
    const after = (await this.#place?.load(await store.identity())) ?? null;
    let waiting = 0;
    const filter = { typePrefixes: TOLD };
    for await (const _ of store.readAll({ ...(after === null ? {} : { after }), filter, limit: WAITING_MAX }))
      waiting += 1;
    return waiting;
  }

  /** Until the signal; a store that fails is somebody else's to tell. */
  async run(): Promise<void> {
    const { folder, leases } = this.#parts;
    const lease = `webhook-${hashId(utf8(this.#endpoint.url.href)).slice(0, 16)}`;
    this.#place = leases === null ? placeFile(join(folder, `${lease}.place`)) : leasedPlace(leases, lease, null);
    const signal = this.#signal;
    try {
      if (leases === null) return await this.#follow(this.#place, signal);
      const run = ({ fence }: Held, held: AbortSignal) => this.#follow(leasedPlace(leases, lease, fence), held);
      await whileHolding({ leases, lease, signal, run });
    } catch (error) {
      if (!this.#signal.aborted) this.#say(error instanceof Error ? error.message : String(error));
    }
  }

  async #follow(from: Place, signal: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    const place = await fromNowOn(from, store);
    const handle = (event: StoredEvent): Promise<void> => this.#tell(event, signal);
    await follow({ store, place, typePrefixes: TOLD, handle, signal });
  }

  async #tell(event: StoredEvent, signal: AbortSignal): Promise<void> {
    await this.#parts.board.reached(event.position);
    const message = messageOf(event, this.#parts.board.facts);
    if (message === null) return;
    for (let waitMs = this.#times.firstMs; ; waitMs = Math.min(waitMs * 2, this.#times.mostMs)) {
      const trouble = await this.#send(message, signal);
      if (trouble === null) return;
      if (waitMs === this.#times.firstMs) this.#say(`${trouble}; it is tried again`);
      await pause(waitMs, signal);
    }
  }

  /** Null once it was taken. No redirect is followed, and nothing of the answer but its status is read. */
  async #send(message: Message, signal: AbortSignal): Promise<string | null> {
    const { url, key } = this.#endpoint;
    const now = this.#parts.clock.seconds();
    const call = new AbortController();
    const end = (): void => call.abort();
    const timer = setTimeout(end, this.#times.timeoutMs);
    signal.addEventListener('abort', end, { once: true });
    try {
      const { ok, status } = await fetch(url, {
        method: 'POST',
        headers: signedHeaders(message, { key, now }),
        body: message.body,
        redirect: 'manual',
        signal: call.signal,
      });
      return ok ? null : `status ${status}`;
    } catch {
      return 'no answer';
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      end(); // whatever body there is
    }
  }

  /** Its path may be a secret of the receiver's: only the host is named. */
  #say(what: string): void {
    this.#parts.say(`webhook ${this.#endpoint.url.host}: ${what}`);
  }
}

/** A webhook that is new hears of what is new: its place begins at the head of the log. */
async function fromNowOn(place: Place, store: EventStore): Promise<Place> {
  const log = await store.identity();
  const head: Position | null = await store.head();
  if ((await place.load(log)) === null && head !== null) await place.save(log, head);
  return place;
}

/** Rejects at the signal, so that the place stays before what was not taken. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => {
      clearTimeout(timer);
      reject(new Error('stopped'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stopped);
      resolve();
    }, ms);
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
  });
}
