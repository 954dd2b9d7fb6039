/** Chip cards, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { chipCardNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

@Resolver()
export class ChipCardQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('chipCards')
  chipCards(
    @Args()
    {
      seen,
      filter,
      ...page
    }: ConnectionArguments<{ readonly keyState?: string | null; readonly overdue?: boolean | null }>,
  ): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'chipCards', filter: { ...filter }, page }),
      chipCardNode,
    );
  }
}
