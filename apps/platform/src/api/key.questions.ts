/** Keys, asked of their view. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { entityPage } from '#libs/views/questions/entities.ts';
import { type Node, keyNode } from './nodes.ts';
import { type ConnectionArguments, Questions } from './questions.ts';

/** Column and value; what is left out may be anything. */
interface KeyFilter {
  readonly kind?: string | null;
  readonly state?: string | null;
  readonly holder?: string | null;
  readonly name?: string | null;
}

@Resolver()
export class KeyQuestions {
  readonly #questions: Questions;

  constructor(@Inject(Questions) questions: Questions) {
    this.#questions = questions;
  }

  @Query('keys')
  keys(@Args() { seen, filter, ...page }: ConnectionArguments<KeyFilter>): Promise<object> {
    return this.#questions.page(
      seen,
      (views) => entityPage(views, { name: 'keys', filter: { ...filter }, page }),
      keyNode,
    );
  }

  @Query('key')
  key(@Args() { key, after }: { key: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.key.findUnique({ where: { id: key } }), keyNode);
  }
}
