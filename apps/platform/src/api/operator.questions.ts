/** Operators, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, operatorNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface OperatorFilter {
  readonly setHash?: string | null;
}

@Resolver()
export class OperatorQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('operators')
  operators(@Args() { seen, filter, ...page }: ConnectionArguments<OperatorFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'operators', filter: { ...filter }, page }),
      operatorNode,
    );
  }

  @Query('operator')
  operator(@Args() { person, after }: { person: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.operator.findUnique({ where: { id: person } }), operatorNode);
  }
}
