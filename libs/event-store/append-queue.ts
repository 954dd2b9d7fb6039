/** Appends that wait for their turn, each with the limits of its call: its signal and its time hold before and after it is sent. */
import type { AdmittedRequest } from './admission.ts';
import { begin } from './call.ts';
import { type Appended, type Call, EventStoreError, type Fence } from './event-store.ts';

/** What is stored whole or not at all: one append, or several that belong together. */
export interface Waiting {
  readonly requests: readonly AdmittedRequest[];
  readonly fence: Fence | null;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Queued extends Waiting {
  readonly check: () => void;
  sent: boolean;
}

export class AppendQueue {
  readonly #waiting: Queued[] = [];

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  add(requests: readonly AdmittedRequest[], call: Call): Promise<readonly Appended[]> {
    const check = begin(call);
    const { promise, resolve, reject } = Promise.withResolvers<readonly Appended[]>();
    const over = (): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', end);
    };
    const queued: Queued = {
      requests,
      fence: call.fence ?? null,
      check,
      sent: false,
      resolve: (appended) => (over(), resolve(appended)),
      reject: (error) => (over(), reject(error)),
    };
    const end = (): void => {
      if (!queued.sent) this.#waiting.splice(this.#waiting.indexOf(queued), 1);
      queued.reject(reasonOf(queued));
    };
    const timer = call.timeoutMs === undefined ? undefined : setTimeout(end, call.timeoutMs);
    call.signal?.addEventListener('abort', end);
    this.#waiting.push(queued);
    return promise;
  }

  /** The next of them, in the order of the calls: so many appends at most, and no more once so many events are together. */
  take(appendsMax: number, eventsMax: number): readonly Waiting[] {
    let [many, events] = [0, 0];
    while (many < this.#waiting.length && many < appendsMax && events < eventsMax) {
      events += this.#waiting[many]?.requests.reduce((sum, one) => sum + one.events.length, 0) ?? 0;
      many += 1;
    }
    return this.#waiting.splice(0, many).filter((queued) => {
      queued.sent = true;
      try {
        queued.check();
        return true;
      } catch (error) {
        queued.reject(error);
        return false;
      }
    });
  }
}

/** Once it was sent nobody knows; before, nothing is stored. */
function reasonOf({ sent, check }: Queued): EventStoreError {
  if (sent)
    return new EventStoreError(
      'OutcomeUnknown',
      'The call ended while this was stored; repeat the same request to learn.',
    );
  try {
    check();
  } catch (error) {
    if (error instanceof EventStoreError) return error;
  }
  return new EventStoreError('Unavailable', 'No answer within the time of the call.');
}
