/** Sessions, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, sessionNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface SessionFilter {
  readonly state?: string | null;
  readonly serial?: string | null;
  readonly station?: string | null;
}

@Resolver()
export class SessionQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('sessions')
  sessions(@Args() { seen, filter, ...page }: ConnectionArguments<SessionFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'sessions', filter: { ...filter }, page }),
      sessionNode,
    );
  }

  @Query('session')
  session(@Args() { session, after }: { session: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.session.findUnique({ where: { id: session } }), sessionNode);
  }
}
