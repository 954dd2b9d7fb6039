/** Trust lists, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, trustListNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

@Resolver()
export class TrustListQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('trustLists')
  trustLists(@Args() { seen, ...page }: ConnectionArguments): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'trustLists', filter: {}, page }),
      trustListNode,
    );
  }

  @Query('trustListView')
  trustListView(@Args() { station, after }: { station: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.trustList.findUnique({ where: { id: station } }), trustListNode);
  }
}
