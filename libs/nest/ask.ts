/**
 * Ask: the one query class of the house. It carries its question; one handler gives it the views, as far behind the log
 * as they are, or as far as the asker has seen.
 */
import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { GraphQLError } from 'graphql';
import type { Reading } from '#libs/views/sqlite/reading.ts';
import type { ViewKeeper } from './view-keeper.ts';

/** Injection token of the projector whose views are asked. */
export const VIEWS = Symbol('views');

const WAIT_MS = 5000;

export class Ask {
  /** Position that the asker has seen, of a receipt; null where any will do. */
  readonly seen: string | null;
  readonly question: (views: Reading) => Promise<unknown>;

  constructor(seen: string | null, question: (views: Reading) => Promise<unknown>) {
    this.seen = seen;
    this.question = question;
  }
}

@QueryHandler(Ask)
export class AskHandler implements IQueryHandler<Ask, unknown> {
  readonly #projector: ViewKeeper<Reading>;

  constructor(@Inject(VIEWS) projector: ViewKeeper<Reading>) {
    this.#projector = projector;
  }

  /** Throws GraphQLError VIEWS_REBUILDING while the views are made, VIEW_BEHIND when they do not get there in time. */
  async execute({ seen, question }: Ask): Promise<unknown> {
    let views = this.#projector.reading();
    if (seen !== null && views !== null) {
      if (!(await this.#projector.reached(seen, WAIT_MS))) throw this.#late(seen);
      views = this.#projector.reading();
    }
    if (views === null) throw this.#rebuilding();
    try {
      return await question(views);
    } catch (error) {
      if (!isOfBrokenFile(error)) throw error;
      this.#projector.broken();
      throw this.#rebuilding();
    }
  }

  #late(seen: string | null): GraphQLError {
    const { state } = this.#projector;
    if (state.is === 'rebuilding') return this.#rebuilding();
    const message = `The views have not seen position ${String(seen)} yet; ask again in a moment.`;
    return new GraphQLError(message, { extensions: { code: 'VIEW_BEHIND', position: state.position } });
  }

  #rebuilding(): GraphQLError {
    const { state } = this.#projector;
    const { position } = state;
    const [events, total] = state.is === 'rebuilding' ? [state.events, state.head] : [0, position];
    const message = `The views are made anew from the log: ${events} events so far; ask again in a moment.`;
    return new GraphQLError(message, { extensions: { code: 'VIEWS_REBUILDING', position, total, events } });
  }
}

/** What SQLite says of a file that is gone, cut or overwritten, and PostgreSQL of a schema, however Prisma wraps it. */
function isOfBrokenFile(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { message, code, meta } = error as { message?: unknown; code?: unknown; meta?: unknown };
  const text = `${String(code)} ${String(message)} ${JSON.stringify(meta ?? {})}`;
  return /malformed|not a database|disk I\/O|SQLITE_(CORRUPT|NOTADB|IOERR|CANTOPEN|READONLY)|no such table|P2021|(relation|schema) \\?".*" does not exist/.test(
    text,
  );
}
