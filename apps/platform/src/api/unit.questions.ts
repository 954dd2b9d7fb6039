/** Units, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, unitNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface UnitFilter {
  readonly state?: string | null;
}

@Resolver()
export class UnitQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('units')
  units(@Args() { seen, filter, ...page }: ConnectionArguments<UnitFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'units', filter: { ...filter }, page }),
      unitNode,
    );
  }

  @Query('unit')
  unit(@Args() { unit, after }: { unit: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.unit.findUnique({ where: { id: unit } }), unitNode);
  }
}
