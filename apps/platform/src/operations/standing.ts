/** How the parts of the platform stand to the record at this moment: what health and metrics both tell. */
import type { Board } from '../board.ts';
import type { LogRecord } from '../record.ts';
import type { Views } from '../views.ts';
import { Pace } from './pace.ts';

export interface Watched {
  readonly record: Pick<LogRecord, 'store' | 'sealer' | 'cosigner'>;
  readonly board: Pick<Board, 'facts' | 'finding' | 'listen'>;
  readonly views: Pick<Views, 'state'>;
}

/** Of one follower: how many events it has not seen, and for how long the first of them has stood there. */
export interface Lag {
  readonly events: number;
  readonly seconds: number;
}

export class Standing {
  readonly #watched: Watched;
  readonly #pace = new Pace();

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#pace.note(watched.board.facts.events);
    watched.board.listen(() => this.#pace.note(watched.board.facts.events));
  }

  get watched(): Watched {
    return this.#watched;
  }

  get events(): number {
    return this.#watched.board.facts.events;
  }

  get sealed(): number {
    return this.#watched.record.sealer.latest?.size ?? 0;
  }

  /** Of the seal: events under no durable checkpoint yet. */
  get seal(): Lag {
    return this.#lag(this.sealed);
  }

  /** Of the views; while they are made anew, of those that are made. */
  get views(): Lag {
    const { position } = this.#watched.views.state;
    const index = position === null ? -1 : this.#watched.record.sealer.indexOf(position);
    // What the seal has not in its tree yet is newer than anything it has.
    return this.#lag(index === null ? this.events : index + 1);
  }

  #lag(reached: number): Lag {
    return { events: Math.max(0, this.events - reached), seconds: this.#pace.behindMs(reached) / 1000 };
  }
}
