/**
 * Several platforms behind one log. Before an operation is judged, what the others wrote is on the board; and while people
 * change on one of them, nothing that was judged before is written by any: a lease says whose turn it is, its epoch fences.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type KeyObject, hkdfSync } from 'node:crypto';
import type { Fence } from '#libs/event-store/event-store.ts';
import type { Leases } from '#libs/event-store/leases.ts';
import { type Clock, monotonicMs, secondsOf } from '#libs/kernel/clock.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { Board } from './board.ts';

/** Held by whoever changes who approves, signs in or is trusted. */
const PEOPLE = 'people';
/** Longer than one operation takes; whoever dies within it is put out after this. */
const TURN_MS = 5000;
const WAIT_MS = 8000;
const PAUSE_MS = 15;

const BUSY = refuse('STREAM_BUSY', 'Another platform of this log changes people for too long; send the same again.');

export class Together {
  readonly #leases: Leases;
  readonly #board: Pick<Board, 'reached'>;
  readonly #judgedBy = new AsyncLocalStorage<Fence>();
  /** Platforms of one log know each other's challenges. */
  readonly challengeKey: Uint8Array;

  constructor(leases: Leases, board: Pick<Board, 'reached'>, listKey: KeyObject) {
    this.#leases = leases;
    this.#board = board;
    const secret = listKey.export({ format: 'der', type: 'pkcs8' });
    this.challengeKey = new Uint8Array(hkdfSync('sha256', secret, '', 'keyledger sign-in challenges', 32));
  }

  /** Of the operation that runs here; undefined outside `uptodate`. */
  get fence(): Fence | undefined {
    return this.#judgedBy.getStore();
  }

  /** Runs when the board has all that stands in the log now, while nobody changes people. */
  async uptodate<T>(run: () => T): Promise<Awaited<T>> {
    const fence = await this.caughtUp();
    return await (fence === null ? run() : this.#judgedBy.run(fence, run));
  }

  /** What is judged from now on holds under this fence; null where people change for too long, or the board is behind. */
  async caughtUp(): Promise<Fence | null> {
    for (const until = monotonicMs() + WAIT_MS; monotonicMs() < until;) {
      const { head, free } = await this.#leases.look(PEOPLE);
      if (free !== null) {
        const isThere = await this.#board.reached(head, WAIT_MS);
        return isThere ? { lease: PEOPLE, epoch: free } : null;
      }
      await pause();
    }
    return null;
  }

  /** Runs in the turn of this platform alone; what others judged before it is refused from now on. */
  async alone<T>(run: (fence: Fence) => Promise<T>): Promise<T | Refusal> {
    for (const until = monotonicMs() + WAIT_MS; monotonicMs() < until;) {
      const held = await this.#leases.take(PEOPLE, TURN_MS);
      if (held === null) {
        await pause();
        continue;
      }
      try {
        const { head } = await this.#leases.look(PEOPLE);
        return (await this.#board.reached(head, TURN_MS)) ? await run(held.fence) : BUSY;
      } finally {
        await this.#leases.release(held.fence);
      }
    }
    return BUSY;
  }
}

/** Never behind what the log says: what is judged by it holds at the time at which it is recorded, whosever clock is ahead. */
export function notBehind(clock: Clock, board: Pick<Board, 'recordedAt'>): Clock {
  const isBehind = (): boolean => Date.parse(clock.rfc3339()) < Date.parse(board.recordedAt);
  return {
    seconds: () => (isBehind() ? secondsOf(board.recordedAt) : clock.seconds()),
    rfc3339: () => (isBehind() ? board.recordedAt : clock.rfc3339()),
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
