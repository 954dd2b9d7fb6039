/** The driver behind timers of our own: a call ends in its time whatever the driver does, and a silent server gets a new connection. */
import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { begin } from '../call.ts';
import type { Call } from '../event-store.ts';
import { type KurrentAddress, type KurrentPlace, placeOf } from './address.ts';
import { NoAnswer, asEventStoreError, mayPass } from './failure.ts';

const [LOOKS_MAX, LOOK_AGAIN_MS, DISPOSE_MS] = [4, 40, 1000];

/** What is asked of the driver; the signal ends it where it can be ended. */
export type Work<T> = (client: KurrentDBClient, signal: AbortSignal) => Promise<T>;

export class KurrentLink {
  readonly address: KurrentAddress;
  readonly place: KurrentPlace;
  /** How long a question may take whose caller names no time, milliseconds. */
  readonly callMs: number;
  #client: KurrentDBClient | null = null;

  constructor(address: KurrentAddress, callMs: number) {
    this.address = address;
    this.place = placeOf(address);
    this.callMs = callMs;
  }

  /** Name of a stream of ours in the database. */
  streamOf(stream: string): string {
    return `${this.place.log}:${stream}`;
  }

  /** Made when it is first needed, and anew after `renew`. */
  get client(): KurrentDBClient {
    this.#client ??= this.#open();
    return this.#client;
  }

  /** Looks, and looks again while that may help. Throws the errors of the port. */
  async look<T>(looking: Work<T>, call: Call = {}): Promise<T> {
    const check = begin(call);
    const until = monotonicMs() + Math.min(call.timeoutMs ?? this.callMs, this.callMs);
    for (let looks = 1; ; looks += 1) {
      try {
        return await this.once(looking, until - monotonicMs(), call.signal);
      } catch (error) {
        check();
        const left = until - monotonicMs();
        if (!mayPass(error) || looks === LOOKS_MAX || left < LOOK_AGAIN_MS)
          throw asEventStoreError(error, this.address);
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS * looks));
      }
    }
  }

  /** One try in its time. Throws NoAnswer, or what the driver throws. */
  async once<T>(work: Work<T>, timeoutMs: number, signal?: AbortSignal): Promise<T> {
    const given = new AbortController();
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const late = (): void => {
      given.abort();
      this.renew();
      reject(new NoAnswer(`gave no answer within ${Math.ceil(timeoutMs)} ms`));
    };
    const abort = (): void => {
      given.abort();
      reject(new NoAnswer('was not waited for'));
    };
    const timer = setTimeout(late, Math.max(1, timeoutMs));
    signal?.addEventListener('abort', abort);
    const working = this.#begun(work, given.signal);
    working.catch(() => undefined); // given up, it may still fail
    try {
      return await Promise.race([working, ended]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Gives the connection up; what was asked over it is not answered any more. */
  renew(): void {
    const old = this.#client;
    this.#client = null;
    if (old !== null) void disposed(old);
  }

  async close(): Promise<void> {
    const old = this.#client;
    this.#client = null;
    if (old !== null) await disposed(old);
  }

  async #begun<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    return work(this.client, signal);
  }

  /** The driver's own complaint would show the connection string. */
  #open(): KurrentDBClient {
    try {
      return KurrentDBClient.connectionString(this.place.connection);
    } catch (error) {
      const file = /was not found/.test(error instanceof Error ? error.message : '');
      throw new NoAnswer(file ? 'cannot be reached, a file of a certificate is not there' : 'cannot be reached');
    }
  }
}

/** Ends its calls, then its channel, which the driver itself leaves open. */
async function disposed(client: KurrentDBClient): Promise<void> {
  const ending = async (): Promise<void> => {
    await client.dispose();
    (await client['getChannel']()).close();
  };
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), DISPOSE_MS);
  await Promise.race([ending().catch(() => undefined), late]);
  clearTimeout(timer);
}
