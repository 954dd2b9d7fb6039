/** Personalizations, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { personalizationNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface PersonalizationFilter {
  readonly state?: string | null;
  readonly serial?: string | null;
  readonly unit?: string | null;
  readonly card?: string | null;
}

@Resolver()
export class PersonalizationQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('personalizations')
  personalizations(@Args() { seen, filter, ...page }: ConnectionArguments<PersonalizationFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'personalizations', filter: { ...filter }, page }),
      personalizationNode,
    );
  }
}
