/** Who may export, how many at once, and when an export may not go on: its session ended, or the platform stops. */
import type { ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Position } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Questions } from '../api/questions.ts';
import type { Board } from '../board.ts';
import type { Limits } from '../bounds/limits.ts';
import type { Rate } from '../bounds/rate.ts';
import { NOBODY } from '../caller.ts';
import { HTTP_PERMISSIONS, allows } from '../permissions.ts';
import type { LogRecord } from '../record.ts';
import { type RequestContext, contextOf, slowdownOf } from '../request-context.ts';
import type { Together } from '../together.ts';
import type { AskedExport } from './asked.ts';
import { send } from './sending.ts';
import { trailAfter } from './trail.ts';

export interface ExportParts {
  readonly record: Pick<LogRecord, 'store'>;
  readonly board: Pick<Board, 'facts' | 'at' | 'listen'>;
  readonly questions: Questions;
  readonly clock: Clock;
  readonly together: Together | null;
  readonly rate: Rate;
  readonly limits: Pick<Limits, 'readerMs' | 'exportsMax'>;
}

/** Turned away before anything was sent. */
export interface Turned {
  readonly status: 400 | 401 | 403 | 429 | 503;
  readonly refusal: Refusal;
  readonly retryAfter?: number;
}

/** How often a quiet export looks whether it may go on. */
const LOOK_EVERY_MS = 5000;
/** News that come close behind each other are read together. */
const SETTLE_MS = 50;

const RULE = HTTP_PERMISSIONS['GET /export'];
const SIGN_IN = refuse('SIGN_IN_NEEDED', `An export needs a bearer token with one of the roles ${RULE.join(', ')}.`);
const FORBIDDEN = refuse('FORBIDDEN', `An export needs one of the roles ${RULE.join(', ')}; sign in for one.`);
const STOPS = refuse('PLATFORM_STOPS', 'The platform stops; go on behind the last position that you have.');

export class Exports {
  readonly #parts: ExportParts;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(parts: ExportParts) {
    this.#parts = parts;
  }

  /** Who asks, or why he is turned away. */
  async admit(it: {
    readonly authorization: string | undefined;
    readonly address: string;
  }): Promise<RequestContext | Turned> {
    const context = await contextOf(this.#parts, it);
    const asked = { address: it.address, now: performance.now() };
    const slow = slowdownOf(this.#parts.rate, isRefusal(context) ? null : context, asked);
    if (slow !== null) return { status: 429, ...slow };
    if (isRefusal(context)) return { status: 401, refusal: context };
    if (context.caller === NOBODY) return { status: 401, refusal: SIGN_IN };
    if (!allows(RULE, context.caller.roles)) return { status: 403, refusal: FORBIDDEN };
    const { exportsMax } = this.#parts.limits;
    if (this.#running.size < exportsMax) return context;
    const refusal = refuse('EXPORTS_BUSY', `There are ${exportsMax} exports already; ask again when one has ended.`);
    return { status: 429, refusal, retryAfter: 30 };
  }

  /** Answers when it has begun, or why it has not. `begin` is told up to which position it goes; null where it follows. */
  async start(
    { callerNow }: RequestContext,
    asked: AskedExport,
    begin: (it: { readonly log: string; readonly until: Position | null }) => ServerResponse,
  ): Promise<Turned | null> {
    const { record, questions, clock, limits } = this.#parts;
    const { format, follow, filter, after } = asked;
    const [log, head] = [await record.store.identity(), await record.store.head()];
    const until = follow ? null : (head ?? ('' as Position));
    const trail = trailAfter({ store: record.store, questions }, filter, after);
    const first = await trail.read(head).catch(notNow);
    if (isRefusal(first)) return { status: first.code === 'VIEWS_NOT_READY' ? 503 : 400, refusal: first };
    const out = begin({ log, until });
    const ended = (): Refusal | null => {
      if (this.#stop.signal.aborted) return STOPS;
      const caller = callerNow();
      return 'code' in caller ? caller : null;
    };
    const way = { format, log, trail, until, clock, readerMs: limits.readerMs, ended };
    const running = send(out, { ...way, head: () => this.#at, news: (seen) => this.#news(out, seen) }, first);
    const kept = running.catch(() => void out.destroy()).finally(() => this.#running.delete(kept));
    this.#running.add(kept);
    return null;
  }

  /** What is on its way is cut off with a sentence. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([...this.#running]);
  }

  get #at(): Position | null {
    const { at } = this.#parts.board;
    return at === '' ? null : (at as Position); // of an event that it read
  }

  #news(out: ServerResponse, seen: Position | null): Promise<void> {
    if (this.#at !== seen) return Promise.resolve();
    return new Promise((resolve) => {
      const { signal } = this.#stop;
      const settle = (): void => {
        unlisten();
        clearTimeout(timer);
        out.off('close', settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      const unlisten = this.#parts.board.listen(() => void setTimeout(settle, SETTLE_MS));
      const timer = setTimeout(settle, LOOK_EVERY_MS);
      out.once('close', settle);
      signal.addEventListener('abort', settle);
    });
  }
}

/** The views are made anew or behind: nothing was sent yet, so it is said in a status. */
function notNow(error: unknown): Refusal {
  if (error instanceof GraphQLError && String(error.extensions['code']).startsWith('VIEW'))
    return refuse('VIEWS_NOT_READY', error.message);
  throw error;
}
